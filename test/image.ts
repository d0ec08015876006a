// The image without an engine: reads the Dockerfile and does in a folder what it says, stage by stage.
// Knows the few instructions that this Dockerfile uses, and refuses others.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { root } from './compose-file.ts'
import { readDockerignore } from './dockerignore.ts'

export type Image = {
  /** The last stage's file system. */
  folder: string
  workdir: string
  env: Record<string, string>
  entrypoint: string[]
  command: string[]
  user: string
}

type Instruction = { name: string; text: string }

type Stage = Image & { name: string; base: string }

/** Instructions in order; lines that end in a backslash go on. */
export function readDockerfile(): Instruction[] {
  const text = readFileSync(resolve(root, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = ''] = line.split(' ', 1)
      return { name, text: line.slice(name.length).trim() }
    })
}

/** Builds into `target`, a folder of its own for each stage. Throws what a step has said when it fails. */
export function buildImage(target: string): Image {
  const stages: Stage[] = []
  const stage = (): Stage => {
    const last = stages.at(-1)
    if (!last) throw new Error('the Dockerfile begins without FROM')
    return last
  }
  const steps: Record<string, (text: string) => void> = {
    FROM(text) {
      const [base = '', , name = `stage-${stages.length}`] = text.split(/\s+/)
      const folder = join(target, name)
      mkdirSync(folder, { recursive: true })
      stages.push({ name, base, folder, workdir: '/', env: {}, entrypoint: [], command: [], user: 'root' })
    },
    WORKDIR(text) {
      stage().workdir = text
      mkdirSync(join(stage().folder, text), { recursive: true })
    },
    COPY(text) {
      copy(text, stage(), stages)
    },
    RUN(text) {
      run(text, stage())
    },
    USER(text) {
      stage().user = text
    },
    ENV(text) {
      for (const pair of text.split(/\s+/)) {
        const at = pair.indexOf('=')
        stage().env[pair.slice(0, at)] = pair.slice(at + 1)
      }
    },
    ENTRYPOINT(text) {
      stage().entrypoint = JSON.parse(text) as string[]
    },
    CMD(text) {
      stage().command = JSON.parse(text) as string[]
    },
  }
  for (const { name, text } of readDockerfile()) {
    const step = steps[name]
    if (!step) throw new Error(`the Dockerfile has an instruction that this test does not know: ${name}`)
    step(text)
  }
  return stage()
}

function copy(text: string, to: Stage, stages: Stage[]): void {
  const words = text.split(/\s+/)
  const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined
  const destination = words.pop() ?? ''
  const source = from === undefined ? undefined : stages.find(({ name }) => name === from)
  if (from !== undefined && !source) throw new Error(`there is no stage ${from}`)
  const isIgnored = readDockerignore()
  for (const word of words) {
    const path = source ? resolve(source.folder, `.${word}`) : join(root, word)
    if (!source && isIgnored(word)) throw new Error(`.dockerignore leaves out ${word}`)
    // A folder's contents are copied; a file goes into what ends in a slash, or takes the name.
    const isInto = (destination.endsWith('/') || words.length > 1) && !statSync(path).isDirectory()
    const target = resolve(to.folder, `.${to.workdir}`, relative(destination, to), isInto ? basename(word) : '')
    const filter = (file: string) => source !== undefined || !isIgnored(file.slice(root.length + 1))
    mkdirSync(resolve(target, '..'), { recursive: true })
    cpSync(path, target, { recursive: true, filter })
  }
}

function relative(path: string, { folder }: Stage): string {
  return path.startsWith('/') ? join(folder, path) : path
}

/** With absolute paths of ours moved below the stage's folder, and files owned by whoever runs this. */
function run(text: string, { folder, workdir }: Stage): void {
  const here = text.replaceAll('"/$folder"', `"${folder}/$folder"`).replace('-o node -g node', '')
  const done = spawnSync('sh', ['-ec', here], { cwd: join(folder, workdir), encoding: 'utf8', env: buildEnvironment() })
  if (done.status !== 0) throw new Error(`RUN ${text}\n${done.stdout}${done.stderr}`)
}

/** No settings of the caller's npm or Node change what is built. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|CI$)/.test(name))
  return Object.fromEntries(kept)
}
