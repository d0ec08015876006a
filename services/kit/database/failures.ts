// Sorts what the database client throws: gone (try again), cancelled (the request ended), or a real error.
import { HttpError } from '../http/errors.ts'

const goneCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up or in recovery
  '25006', // read_only_sql_transaction: it was the primary, and is a replica now; the statement was not carried out
  '08006',
  '08003',
  '08001',
])

export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** True when the server, not the statement, is at fault: the connection was refused, lost, or timed out while waiting for one. */
export function isDatabaseGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (goneCodes.has(sqlState(error) ?? '')) return true
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    error.message,
  )
}

/** 57014: the statement was cancelled. */
export function isCancelled(error: unknown): boolean {
  return sqlState(error) === '57014'
}

/** 23505: a unique constraint refused the row. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505'
}

export function databaseUnavailable(cause: unknown): HttpError {
  return new HttpError(503, 'database_unavailable', 'the database does not answer at the moment', {
    cause,
    headers: { 'retry-after': '1' },
  })
}
