// Whether a failure is that somebody is away for a while: then asking again helps. Pure.
import { PromError } from '../prometheus/answers.ts'
import { ApiError } from './api.ts'

/** What was refused, makes no sense or takes too long (504) is not: it would be so again. */
export function isAway(error: Error): boolean {
  if (error instanceof PromError) return error.kind === 'unreachable'
  return error instanceof ApiError && [0, 502, 503].includes(error.status)
}
