import { expect, test } from 'vitest'
import { TarReader, type TarSink } from './tar-reader.ts'

/** One ustar entry: header, content, padding. */
function entry(path: string, content: string, type = '0', size = content.length.toString(8)): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0, 'latin1')
  header.write(size.padStart(11, '0'), 124)
  header.write(type, 156)
  header.write('ustar\x0000', 257, 'latin1')
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512)
  body.write(content)
  return Buffer.concat([header, body])
}

function readAll(stream: Buffer, pieceSize: number): { events: string[]; reader: TarReader } {
  const events: string[] = []
  let content = ''
  const sink: TarSink = {
    folder: (path) => events.push(`folder ${path}`),
    open: (path) => events.push(`open ${path}`),
    write: (chunk) => {
      content += chunk.toString()
    },
    close: () => {
      events.push(`close ${content.length} ${content.slice(0, 3)}`)
      content = ''
    },
  }
  const reader = new TarReader(sink)
  for (let at = 0; at < stream.length; at += pieceSize) {
    // As a socket does: the same memory for each piece.
    const piece = Buffer.from(stream.subarray(at, at + pieceSize))
    reader.push(piece)
    piece.fill(0x7f)
  }
  return { events, reader }
}

const archive = Buffer.concat([
  entry('backup_label', 'abc'),
  entry('./base/', '', '5'),
  entry('base/1', ''),
  entry('base/2', 'd'.repeat(512)),
  entry('base/3', 'e'.repeat(1300)),
  Buffer.alloc(1024),
])

test.each([1, 7, 511, 512, 513, 1000, 100_000])('entries come out whole from pieces of %i bytes', (pieceSize) => {
  const { events, reader } = readAll(archive, pieceSize)
  expect(events).toEqual([
    ...['open backup_label', 'close 3 abc', 'folder base', 'open base/1', 'close 0 '],
    ...['open base/2', 'close 512 ddd', 'open base/3', 'close 1300 eee'],
  ])
  expect(reader.isBetweenEntries).toBe(true)
})

test.each([100, 514, 600])('an archive cut after %i bytes is seen to be incomplete', (length) => {
  expect(readAll(archive.subarray(0, length), 64).reader.isBetweenEntries).toBe(false)
})

test.each([
  ['/etc/passwd', '0', '1', /Unsafe path/],
  ['base/../../x', '0', '1', /Unsafe path/],
  ['pg_tblspc/1', '2', '0', /type 2/],
  ['base/1', '0', '-5', /size/],
])('%s of type %s and size %s is refused', (path, type, size, message) => {
  expect(() => readAll(entry(path, 'x', type, size), 512)).toThrow(message)
})
