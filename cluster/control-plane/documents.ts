// Builds the document of one node: the endpoints of the kinds that it calls, and the settings that concern it. Nothing else.
import type { ControlDocument } from '../../services/kit/control/document.ts'
import { kindSpec, type NodeKind } from '../topology/kinds.ts'
import type { Registry } from './registry.ts'

/** What is common to all nodes and may change at run time. */
export type World = {
  /** One-way delays between regions in ms. */
  delays: ControlDocument['delays']
  /** Overrides of the call policy, by kind of caller and then by kind of callee. */
  policies: Partial<Record<NodeKind, ControlDocument['policies']>>
  /** Overrides of the policy of a kind of node. */
  kindPolicies: Partial<Record<NodeKind, ControlDocument['policy']>>
  /** Which database server takes writes, once that has changed. */
  primaryDatabase?: ControlDocument['primaryDatabase']
  /** Run-time settings by kind of node. */
  settings: Partial<Record<NodeKind, Record<string, unknown>>>
}

/** The document of every node of a kind; its version is the stream's business, and what is broken at one node the publisher's. */
export function buildDocument(
  kind: NodeKind,
  registry: Registry,
  world: World,
): Omit<ControlDocument, 'version' | 'faults'> {
  return {
    endpoints: Object.fromEntries(kindSpec(kind).calls.map((callee) => [callee, registry.endpointsOf(callee)])),
    delays: world.delays,
    policies: world.policies[kind] ?? {},
    policy: world.kindPolicies[kind] ?? {},
    settings: world.settings[kind] ?? {},
    ...(world.primaryDatabase && kindSpec(kind).database ? { primaryDatabase: world.primaryDatabase } : {}),
  }
}
