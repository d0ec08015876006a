import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { type Served, serve } from '../../test/serve.ts'
import { createApp } from './app.ts'
import { entityTag } from './domain.ts'

const pagesDir = join(import.meta.dirname, 'pages')
const mediaDir = mkdtempSync(join(tmpdir(), 'media-'))
const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
let media: Served

beforeAll(async () => {
  mkdirSync(join(mediaDir, 'images/nested'), { recursive: true })
  for (const name of ['images/p-0001.svg', 'images/.made-from', 'images/nested/deep.svg', 'secret.txt']) {
    writeFileSync(join(mediaDir, name), svg)
  }
  media = await serve(createApp({ mediaDir, pagesDir, log: captureLog().log }))
})

afterAll(async () => {
  await media.close()
  rmSync(mediaDir, { recursive: true })
})

test('a picture comes with what caches need to know', async () => {
  const { status, text, headers } = await media.send('GET', '/images/p-0001.svg')
  expect([status, text]).toEqual([200, svg])
  expect(headers).toMatchObject({
    'content-type': 'image/svg+xml',
    'cache-control': 'public, max-age=60, stale-while-revalidate=600, stale-if-error=86400',
    'last-modified': expect.stringContaining('GMT'),
    etag: expect.stringMatching(/^"[0-9a-f]+-[0-9a-f]+"$/),
  })
  expect(await media.send('HEAD', '/images/p-0001.svg')).toMatchObject({ status: 200, text: '' })
})

test('who has the picture already gets none, until the file changes', async () => {
  const { headers } = await media.send('GET', '/images/p-0001.svg')
  const again = { headers: { 'if-none-match': String(headers.etag) } }
  expect(await media.send('GET', '/images/p-0001.svg', again)).toMatchObject({ status: 304, text: '' })
  utimesSync(join(mediaDir, 'images/p-0001.svg'), new Date(), new Date(Date.now() + 1_000))
  expect(await media.send('GET', '/images/p-0001.svg', again)).toMatchObject({ status: 200, text: svg })
})

test.each(['/', '/shipping', '/returns'])('%s is a page whose links and files exist', async (path) => {
  const { status, text, headers } = await media.send('GET', path)
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(headers['cache-control']).toContain('max-age=10')
  const targets = [...text.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, target = '']) => target)
  expect(targets.length).toBeGreaterThan(3)
  for (const target of targets.filter((target) => !target.startsWith('/api/'))) {
    expect([target, (await media.send('GET', target)).status]).toEqual([target, 200])
  }
})

test('pages load nothing from elsewhere', () => {
  const names = readdirSync(pagesDir)
  expect(names.length).toBeGreaterThan(3)
  for (const name of names) {
    expect([name, readFileSync(join(pagesDir, name), 'utf8').match(/(https?:)?\/\/[a-z]/)]).toEqual([name, null])
  }
})

/** The path as it is: HTTP clients would tidy it up. */
async function statusOfRawPath(path: string): Promise<number> {
  const socket = connect(media.listening.port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: media\r\nconnection: close\r\n\r\n`)
  let received = ''
  for await (const chunk of socket) received += chunk
  expect(received).toContain('application/problem+json')
  expect(received).not.toContain(svg)
  return Number(received.split(' ')[1])
}

test.each([
  ['/images/absent.svg', 404],
  ['/absent', 404],
  ['/images/', 404],
  ['/images/nested', 404],
  ['/images/nested/deep.svg', 404],
  ['/images/.made-from', 404],
  ['/secret.txt', 404],
  ['/images/../secret.txt', 404],
  ['/images/..%2fsecret.txt', 404],
  ['/images/%2e%2e%2fsecret.txt', 404],
  ['/images/..%5csecret.txt', 404],
  ['/..%2fapp.ts', 404],
  ['/%2fetc%2fpasswd', 404],
  ['/images/%00', 404],
  ['/images/%ff', 400],
  ['/images/p-0001.svg%00.png', 404],
])('%s is a %i problem document', async (path, status) => {
  expect(await statusOfRawPath(path)).toBe(status)
})

test('only reading is possible', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    expect(await media.send(method, '/images/p-0001.svg')).toMatchObject({ status: 404 })
  }
})

test.each([
  [{ size: 255, mtimeMs: 1_700_000_000_000 }, '"ff-60a24181e4000"'],
  [{ size: 255, mtimeMs: 1_700_000_000_000.001 }, '"ff-60a24181e4001"'],
  [{ size: 256, mtimeMs: 1_700_000_000_000 }, '"100-60a24181e4000"'],
])('%o is the version %s', (file, tag) => {
  expect(entityTag(file)).toBe(tag)
})
