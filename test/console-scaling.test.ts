// The control plane does not tell which kinds scale and how; what the console knows of it has to agree with the list of kinds.
import { expect, test } from 'vitest'
import { kindSpec, nodeKinds } from '../cluster/topology/kinds.ts'
import { maxReplicas } from '../cluster/topology/nodes.ts'
import { fixedKinds, MAX_REPLICAS, spreadKinds } from '../console/map/scaling.ts'

test('the console scales what the control plane scales, and counts as it does', () => {
  const fixed = nodeKinds.filter((kind) => kindSpec(kind).scalable !== true)
  const spread = nodeKinds.filter((kind) => kindSpec(kind).placement === 'spread')
  expect([...fixedKinds.keys()].sort()).toEqual(fixed.sort())
  expect([...spreadKinds].sort()).toEqual(spread.sort())
  expect(MAX_REPLICAS).toBe(maxReplicas)
})
