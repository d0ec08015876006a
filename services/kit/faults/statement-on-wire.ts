// Carries out what becomes of a statement, on its connection: below the client and its span, so that both see what they would see of a
// server in trouble. A failure is one of the server itself, and ends its transaction.
import type { Socket } from 'node:net'
import type pg from 'pg'
import type { StatementFate } from './statement-faults.ts'

/** What pg does not declare of its connections: the messages of the protocol. */
type Connection = {
  stream: Socket
  query(text: string): void
  parse(message: { text: string; name?: string; types?: unknown }): void
  bind(message: { values?: unknown[] }): void
}

/**
 * Runs `query`, which sends one statement on `client`, with this fate. The client must be nobody else's meanwhile.
 * Not an async function: the stack of a failure would name it.
 */
export function withFate<T>(client: pg.PoolClient, fate: StatementFate, query: () => Promise<T>): Promise<T> {
  const { connection } = client as unknown as { connection?: Connection }
  if (!connection) return query()
  const { stream } = connection
  if (fate.delayMs > 0) {
    stream.cork()
    setTimeout(() => stream.uncork(), fate.delayMs)
  }
  const text = fate.failure ? raise(fate.failure) : fate.text
  if (text === undefined) return query()
  const { parse, bind, query: simple } = connection
  connection.query = () => simple.call(connection, text)
  if (fate.failure) {
    // Its parameters stay behind: the statement that fails has none.
    connection.parse = (message) => parse.call(connection, { ...message, text, types: [] })
    connection.bind = (message) => bind.call(connection, { ...message, values: [] })
  } else connection.parse = (message) => parse.call(connection, { ...message, text })
  const restore = () => void Object.assign(connection, { parse, bind, query: simple })
  const result = query()
  result.then(restore, restore)
  return result
}

function raise({ sqlState, message }: NonNullable<StatementFate['failure']>): string {
  return `DO $$BEGIN RAISE EXCEPTION USING ERRCODE = '${sqlState}', MESSAGE = '${message.replaceAll("'", "''")}'; END$$`
}
