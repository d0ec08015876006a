// The catalogue and its stock in PostgreSQL. Reads go where the caller says (a replica, mostly); whatever changes stock runs on the primary.
import type { Database, Queryable } from '../kit/database/database.ts'
import type { Category, Product, ProductPage, ProductSummary, ReservationOutcome } from './contract.ts'
import { type ListQuery, type RequestedItem, toSearchQuery, totalCents } from './domain.ts'
import { release, reserve } from './reservations.ts'

/** Idempotent. `image_url` is where the shop's host serves the picture; what can be sold is `on_hand - reserved`. */
export const schemaSql = `
CREATE TABLE IF NOT EXISTS categories (
  id text PRIMARY KEY,
  name text NOT NULL
);
-- array_to_string is not immutable for every element type; for text it is, and a generated column asks for that.
CREATE OR REPLACE FUNCTION join_tags(tags text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN array_to_string(tags, ' ');
CREATE TABLE IF NOT EXISTS products (
  id text PRIMARY KEY,
  name text NOT NULL,
  category text NOT NULL REFERENCES categories (id),
  brand text NOT NULL,
  description text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents >= 0),
  rating double precision NOT NULL CHECK (rating BETWEEN 0 AND 5),
  tags text[] NOT NULL DEFAULT '{}',
  image_url text NOT NULL,
  on_hand integer NOT NULL CHECK (on_hand >= 0),
  reserved integer NOT NULL DEFAULT 0 CHECK (reserved BETWEEN 0 AND on_hand),
  search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', name), 'A') ||
    setweight(to_tsvector('english', brand || ' ' || category || ' ' || join_tags(tags)), 'B') ||
    setweight(to_tsvector('english', description), 'C')
  ) STORED
);
CREATE INDEX IF NOT EXISTS products_search ON products USING gin (search);
CREATE INDEX IF NOT EXISTS products_category ON products (category, rating DESC, id);
CREATE TABLE IF NOT EXISTS reservations (
  order_id uuid PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('reserved', 'released')),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS reservation_lines (
  order_id uuid NOT NULL REFERENCES reservations (order_id),
  product_id text NOT NULL REFERENCES products (id),
  name text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price_cents integer NOT NULL CHECK (unit_price_cents >= 0),
  PRIMARY KEY (order_id, product_id)
);
`

export type ProductReads = {
  listProducts(query: ListQuery, readAfter?: string): Promise<ProductPage>
  /** In the order asked for; unknown ones are left out. */
  getProducts(ids: readonly string[], readAfter?: string): Promise<Product[]>
  getProduct(id: string, readAfter?: string): Promise<Product | undefined>
  listCategories(): Promise<Category[]>
}

export type ProductStore = ProductReads & {
  reserveStock(orderId: string, items: readonly RequestedItem[]): Promise<ReservationOutcome>
  releaseStock(orderId: string): Promise<void>
}

export type Suppliers = {
  /** The suppliers deliver what has become scarce, so that a shop which runs for days does not sell out. */
  restock(): Promise<void>
}

/** Units that can still be sold when more is ordered, and that come then. */
const SCARCE = 200
const DELIVERED = 2_000

const summaryColumns = `id, name, category, brand, price_cents AS "priceCents", 'USD' AS currency,
  rating, image_url AS "imageUrl"`
const columns = `${summaryColumns}, description, on_hand - reserved AS stock, tags`

const matching = `FROM products WHERE ($1::text IS NULL OR category = $1)
  AND ($2::text IS NULL OR search @@ to_tsquery('english', $2))`

const orderings = {
  relevance: `ts_rank(search, to_tsquery('english', $2)) DESC NULLS LAST, rating DESC, id`,
  price: 'price_cents, id',
  '-price': 'price_cents DESC, id',
  '-rating': 'rating DESC, id',
  name: 'name, id',
} as const satisfies Record<ListQuery['sort'], string>

export function createProductStore(database: Database): ProductStore & Suppliers {
  return {
    async listProducts(query, readAfter) {
      const { search, category, sort, limit, offset } = query
      const words = search === undefined ? null : toSearchQuery(search)
      if (words === '') return { items: [], total: 0, offset, limit }
      const reader = await database.reader(readAfter)
      const rows = await reader.query<ProductSummary & { total: number }>(
        `SELECT ${summaryColumns}, count(*) OVER ()::int AS total ${matching}
         ORDER BY ${orderings[sort]} LIMIT $3 OFFSET $4`,
        [category ?? null, words, limit, offset],
      )
      const items = rows.map(({ total: _, ...item }) => item)
      const total = rows[0]?.total ?? (offset === 0 ? 0 : await countMatching(reader, category, words))
      return { items, total, offset, limit }
    },

    async getProducts(ids, readAfter) {
      const reader = await database.reader(readAfter)
      const rows = await reader.query<Product>(`SELECT ${columns} FROM products WHERE id = ANY($1)`, [ids])
      return ids.flatMap((id) => rows.find((row) => row.id === id) ?? [])
    },

    async getProduct(id, readAfter) {
      const reader = await database.reader(readAfter)
      const [row] = await reader.query<Product>(`SELECT ${columns} FROM products WHERE id = $1`, [id])
      return row
    },

    async listCategories() {
      const reader = await database.reader()
      return reader.query<Category>(
        `SELECT categories.id, categories.name, count(products.id)::int AS products
         FROM categories LEFT JOIN products ON products.category = categories.id
         GROUP BY categories.id ORDER BY categories.name`,
      )
    },

    async reserveStock(orderId, items) {
      const decision = await database.transaction((transaction) => reserve(transaction, orderId, items))
      if (decision.kind !== 'reserved') return decision
      return { ...decision, totalCents: totalCents(decision.lines), readAfter: await database.position() }
    },

    releaseStock: (orderId) => database.transaction((transaction) => release(transaction, orderId)),

    async restock() {
      await database.query('UPDATE products SET on_hand = on_hand + $1 WHERE on_hand - reserved < $2', [
        DELIVERED,
        SCARCE,
      ])
    },
  }
}

/** A page beyond the end holds no row to carry the total. */
async function countMatching(reader: Queryable, category: string | undefined, words: string | null): Promise<number> {
  const [row] = await reader.query<{ total: number }>(`SELECT count(*)::int AS total ${matching}`, [
    category ?? null,
    words,
  ])
  return row?.total ?? 0
}
