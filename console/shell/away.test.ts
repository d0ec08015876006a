import { expect, test } from 'vitest'
import { PromError } from '../prometheus/answers.ts'
import { ApiError } from './api.ts'
import { isAway } from './away.ts'

test.each([
  [new ApiError(0, 'no connection'), true],
  [new ApiError(502, 'the control plane does not answer'), true],
  [new ApiError(503, 'not yet'), true],
  [new ApiError(504, 'no answer in time'), false],
  [new ApiError(404, 'no such trace'), false],
  [new ApiError(500, 'a defect'), false],
  [new PromError('unreachable', 'Prometheus cannot be reached'), true],
  [new PromError('bad_data', 'unexpected end of input'), false],
  [new TypeError('x is not a function'), false],
])('%o: %s', (error, away) => {
  expect(isAway(error)).toBe(away)
})
