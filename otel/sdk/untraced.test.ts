import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { isUntraced } from './untraced.ts'

test.each([
  ['/healthz', true],
  ['/readyz?verbose', true],
  ['/operator/status', true],
  ['/operator/blocks?from=3', true],
  ['/raft/messages', true],
  ['/raft/append', false],
  ['/charges', false],
  ['/?next=/operator/status', false],
  ['/products?q=/metrics', false],
])('%s: %s', (url, expected) => expect(isUntraced({ url } as IncomingMessage)).toBe(expected))
