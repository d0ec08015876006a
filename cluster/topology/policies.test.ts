import { expect, test } from 'vitest'
import { defaultPolicy } from '../../services/kit/calls/policy.ts'
import { kindSpec, type NodeKind, nodeKinds } from './kinds.ts'
import { callPolicies } from './policies.ts'

const callees = (kind: NodeKind) => nodeKinds.filter((other) => kindSpec(kind).calls.includes(other))
const timeoutMs = (caller: NodeKind, callee: NodeKind) =>
  callPolicies[caller]?.[callee]?.timeoutMs ?? defaultPolicy.timeoutMs

test('every call outlasts the calls that its callee makes', () => {
  for (const caller of nodeKinds) {
    for (const callee of callees(caller)) {
      for (const inner of callees(callee)) {
        const calls = `${caller} → ${callee} → ${inner}`
        expect(timeoutMs(caller, callee), calls).toBeGreaterThanOrEqual(timeoutMs(callee, inner))
      }
    }
  }
})

test('policies are for calls that are made', () => {
  for (const caller of nodeKinds) {
    expect(callees(caller)).toEqual(expect.arrayContaining(Object.keys(callPolicies[caller] ?? {})))
  }
})
