// Names a SQL statement by what it does to which table, as the database conventions' `db.query.summary` asks.

const target = /\b(?:from|into|update|join)\s+(?:only\s+)?("?[\w.]+"?)/gi

/**
 * A low-cardinality summary such as `SELECT orders order_lines` or `INSERT charges`; at most three tables.
 * Meant for the statements of this project, not for arbitrary SQL: names in comments or literals would be taken for tables.
 */
export function summarizeStatement(text: string): { operation: string; summary: string; table?: string } {
  const operation = mainOperation(text)
  const tables = new Set<string>()
  const commonTables = new Set(
    [...text.matchAll(/(?:\bwith(?:\s+recursive)?|\),)\s+(\w+)\s+as\s*\(/gi)].map((m) => m[1]),
  )
  for (const match of text.matchAll(target)) {
    const name = (match[1] ?? '').replaceAll('"', '')
    if (!commonTables.has(name) && !/^(?:unnest|jsonb?_\w+|set|skip|generate_series)$/i.test(name)) tables.add(name)
    if (tables.size === 3) break
  }
  const [table] = tables
  return { operation, summary: [operation, ...tables].join(' '), ...(table ? { table } : {}) }
}

function mainOperation(text: string): string {
  const first = /^[\s(]*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'QUERY'
  if (first !== 'WITH') return first
  return /\b(insert|update|delete|merge)\b/i.exec(text)?.[1]?.toUpperCase() ?? 'SELECT'
}
