// Remembers in each database what it was seeded with, in the transaction that seeds it: a database is seeded whole or not at all.
import type { Client } from 'pg'
import type { SeedSize } from './catalogue.ts'

export type Marker = { seed: number; size: SeedSize; version: number }

export const markerSql = `
CREATE TABLE IF NOT EXISTS seeded_with (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  seed integer NOT NULL,
  size text NOT NULL,
  version integer NOT NULL,
  seeded_at timestamptz NOT NULL DEFAULT now()
);`

export async function readMarker(client: Client): Promise<Marker | undefined> {
  const { rows } = await client.query<Marker>('SELECT seed, size, version FROM seeded_with')
  return rows[0]
}

export async function writeMarker(client: Client, { seed, size, version }: Marker): Promise<void> {
  await client.query('INSERT INTO seeded_with (seed, size, version) VALUES ($1, $2, $3)', [seed, size, version])
}
