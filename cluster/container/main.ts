// Entry of the containers that are no node of the shop: `control`, and the two that run once, `secrets` and `setup`.
import { makeSecrets } from './make-secrets.ts'
import { readSettings } from './settings.ts'

const say = (text: string) => process.stdout.write(`${text}\n`)

const parts = {
  // Loaded here only: the control plane stays, and needs nothing of what fills databases.
  async control() {
    await (await import('./run-control.ts')).runControl(readSettings('control', process.env))
  },
  secrets: () => {
    const made = makeSecrets(readSettings('secrets', process.env))
    say(made.length === 0 ? 'all secrets are there' : `made ${made.join(', ')}`)
  },
  async setup() {
    const { setUp } = await import('./set-up.ts')
    const { filled, imagesWritten, notice } = await setUp(readSettings('setup', process.env))
    say(filled.length === 0 ? 'all databases are filled' : `filled ${filled.join(', ')}; ${imagesWritten} pictures`)
    if (notice) say(notice)
  },
} satisfies Record<string, () => Promise<void> | void>

async function main(part: string): Promise<void> {
  if (!Object.hasOwn(parts, part)) throw new Error(`give one of ${Object.keys(parts).join(', ')}`)
  // Looked up above.
  await parts[part as keyof typeof parts]()
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${process.argv[2]}: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
