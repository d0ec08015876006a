/** What went wrong, for callers that decide on it (the message is for people and says what to do). */
export type PostgresErrorCode =
  | 'bad-options'
  | 'unsupported-platform'
  | 'cannot-run-as-root'
  | 'foreign-data-dir'
  | 'no-access'
  | 'data-dir-in-use'
  | 'version-mismatch'
  | 'damaged-data-dir'
  | 'port-taken'
  | 'start-failed'
  | 'killed'

/** Any failure of the embedded PostgreSQL that has a name. Messages carry paths and ports, never a password. */
export class PostgresError extends Error {
  readonly code: PostgresErrorCode

  constructor(code: PostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PostgresError'
    this.code = code
  }
}

/** Whether `error` is a system error with this code, such as `ENOENT`. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
