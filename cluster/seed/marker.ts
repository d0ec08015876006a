// Remembers in each database what it was seeded with, in the transaction that seeds it: a database is seeded whole or not at all.
import type { Client } from 'pg'
import type { SeedSize } from './catalogue.ts'

export type Marker = { seed: number; size: SeedSize; version: number }

export const markerSql = (table: string) => `
CREATE TABLE IF NOT EXISTS ${table} (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  seed bigint NOT NULL,
  size text NOT NULL,
  version integer NOT NULL,
  seeded_at timestamptz NOT NULL DEFAULT now()
);`

export async function readMarker(client: Client, table: string): Promise<Marker | undefined> {
  const { rows } = await client.query<Marker>(`SELECT seed::float8 AS seed, size, version FROM ${table}`)
  return rows[0]
}

/** Fails when there is one already: two starts at once can't both fill a database. */
export async function writeMarker(client: Client, table: string, { seed, size, version }: Marker): Promise<void> {
  await client.query(`INSERT INTO ${table} (seed, size, version) VALUES ($1, $2, $3)`, [seed, size, version])
}
