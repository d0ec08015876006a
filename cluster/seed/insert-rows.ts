// Many rows in one statement: they travel as one JSON parameter and the server unpacks them.
import type { Client } from 'pg'

/** Inserts rows of equal shape; the keys are the columns. Names must come from code, never from input. */
export async function insertRows(
  client: Client,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first).join(', ')
  await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1::json)`,
    [JSON.stringify(rows)],
  )
}
