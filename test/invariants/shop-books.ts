// The shop's databases, as an auditor reads them: the primary's, whoever that is at the moment, with a connection for each question, since
// servers come and go. No question waits for long.
import pg from 'pg'
import type { DatabaseName, DatabaseRole } from '../../cluster/topology/kinds.ts'

const TIMEOUT_MS = 10_000

const owners = {
  orders: ['orders', 'orders'],
  payments: ['payments', 'payments'],
  products: ['products', 'products'],
  shipments: ['fulfilment', 'orders'],
} as const satisfies Record<string, [DatabaseRole, DatabaseName]>

export type Book = keyof typeof owners

/** Rejects when the book's server does not answer. */
export type Books = { ask<Row extends object>(book: Book, sql: string, values?: readonly unknown[]): Promise<Row[]> }

/** @param databases of a running cluster */
export function openBooks(databases: { url(role: DatabaseRole, database: string): string }): Books {
  return {
    async ask<Row extends object>(book: Book, sql: string, values: readonly unknown[] = []) {
      const [role, database] = owners[book]
      const client = new pg.Client({
        connectionString: databases.url(role, database),
        connectionTimeoutMillis: TIMEOUT_MS,
        query_timeout: TIMEOUT_MS,
      })
      // A server that is killed ends the connection; the query rejects as well.
      client.on('error', () => {})
      await client.connect()
      try {
        const { rows } = await client.query<Row>(sql, [...values])
        return rows
      } finally {
        await client.end().catch(() => undefined)
      }
    },
  }
}
