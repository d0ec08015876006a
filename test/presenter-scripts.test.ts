// Every fault and policy that a script of the presenter names exists, and takes the values that the script gives.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scripts } from '../console/presenter/scripts.ts'

const root = resolve(import.meta.dirname, '..')
const actions = scripts.flatMap(({ id, steps }) =>
  steps.flatMap(({ action }) => (action ? [{ script: id, action }] : [])),
)
const injections = actions.flatMap(({ script, action }) =>
  action.do === 'inject' ? [{ script, injection: action }] : [],
)
const changes = actions.flatMap(({ script, action }) =>
  action.do === 'policies' ? action.changes.map((change) => ({ script, change })) : [],
)

/** Loaded by name: the folders may not be there yet. */
async function load(path: string): Promise<Record<string, unknown>> {
  return import(resolve(root, path))
}

type Fault = { targets: readonly string[]; parameters: { safeParse(value: unknown): { success: boolean } } }

const faults = 'faults/catalogue.ts'
describe.skipIf(!existsSync(resolve(root, faults)))('faults (skipped: there is no catalogue of faults)', () => {
  test.each(injections)('$script: $injection.fault', async ({ injection }) => {
    const { findFault } = (await load(faults)) as { findFault: (id: string) => Fault | undefined }
    const fault = findFault(injection.fault)
    expect(fault).toBeDefined()
    expect(fault?.parameters.safeParse(injection.parameters).success).toBe(true)
    const wanted =
      injection.from === undefined ? ['node', 'kind', 'region', 'database', 'cluster'] : ['link', 'regions']
    expect(fault?.targets.some((target) => wanted.includes(target))).toBe(true)
  })
})

const policies = 'services/kit/policies/catalogue.ts'
describe.skipIf(!existsSync(resolve(root, policies)))('policies (skipped: there is no catalogue of policies)', () => {
  test.each(changes)('$script: $change.name', async ({ change }) => {
    const { findPolicy } = (await load(policies)) as { findPolicy: (name: string) => { setting: unknown } | undefined }
    const { refuseValue } = (await load('services/kit/policies/setting.ts')) as {
      refuseValue: (name: string, setting: unknown, value: unknown) => string | undefined
    }
    const policy = findPolicy(change.name)
    expect(policy).toBeDefined()
    expect(refuseValue(change.name, policy?.setting, change.value)).toBeUndefined()
  })
})
