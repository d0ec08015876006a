// For tests of the balanced caller: replicas that behave as told, a caller of them, and load.
import type { RequestListener } from 'node:http'
import { expect, vi } from 'vitest'
import type { NodeRegion } from '../control/document.ts'
import { type BalancedCaller, createBalancedCaller } from './balanced-caller.ts'
import type { CallRequest } from './caller.ts'
import { createFakeControl, type FakeReplica, startReplica } from './fake-cluster.ts'
import type { CallPolicy } from './policy.ts'

export const get: CallRequest = { method: 'GET', path: '/orders?page=2', route: '/orders', idempotent: true }
export const post: CallRequest = {
  method: 'POST',
  path: '/orders',
  route: '/orders',
  body: '{"a":1}',
  idempotent: false,
}

export const ok: RequestListener = (_request, response) => response.end('ok')
export const unavailable: RequestListener = (_request, response) => response.writeHead(503).end()

/** Everything that one test file starts, and its end. */
export function createTestBench() {
  const cleanups: (() => unknown)[] = []

  async function replica(instance: string, handle: RequestListener, region: NodeRegion = 'na'): Promise<FakeReplica> {
    const started = await startReplica(instance, handle, region)
    cleanups.push(() => started.kill())
    return started
  }

  /** A caller of the replicas from `na`; `publish` replaces them. */
  function setUp(replicas: FakeReplica[], policy: Partial<CallPolicy> = {}, random = Math.random) {
    const log = { warn: vi.fn() }
    const control = createFakeControl({ policies: { orders: { backoffMs: 1, ...policy } } })
    const publish = (current: FakeReplica[]) =>
      control.set({ endpoints: { orders: current.map(({ endpoint }) => endpoint) } })
    publish(replicas)
    const caller = createBalancedCaller({ callee: 'orders', from: 'na', control, log, random })
    cleanups.push(() => caller.close())
    return { caller, control, publish, log }
  }

  async function cleanUp(): Promise<void> {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  }

  return { replica, setUp, cleanUp }
}

export async function waitUntil(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 })
}

/** Calls without pause, `width` at a time, until `stop` is called; then tells how often and what failed. */
export function startLoad(caller: BalancedCaller, request: CallRequest, width = 8) {
  let running = true
  const failures: string[] = []
  const answers: Record<string, number> = {}
  const workers = Array.from({ length: width }, async () => {
    while (running) {
      await caller.call(request).then(
        ({ status, instance }) => {
          if (status === 200) answers[instance] = (answers[instance] ?? 0) + 1
          else failures.push(String(status))
        },
        (error) => failures.push(String(error)),
      )
    }
  })
  const stop = async () => {
    running = false
    await Promise.all(workers)
    return failures
  }
  return { answers, stop }
}
