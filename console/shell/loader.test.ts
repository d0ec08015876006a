import { expect, test } from 'vitest'
import { Loader, type LoadReport } from './loader.ts'

/** A load that is answered by hand. */
function byHand() {
  const asked: { signal: AbortSignal; answer: (value: string) => void; fail: (reason: unknown) => void }[] = []
  const reports: LoadReport<string>[] = []
  const loader = new Loader<string>(
    (signal) => new Promise((answer, fail) => asked.push({ signal, answer, fail })),
    (report) => reports.push(report),
  )
  return { loader, asked, reports }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('refreshes while a slow load is under way neither cancel nor repeat it, and its answer is reported', async () => {
  const { loader, asked, reports } = byHand()
  for (let tick = 0; tick < 5; tick++) loader.refresh()
  expect(asked).toHaveLength(1)
  expect(asked[0]?.signal.aborted).toBe(false)
  asked[0]?.answer('slow')
  await settled()
  expect(reports).toEqual([{ kind: 'started' }, { kind: 'loaded', data: 'slow' }])
  loader.refresh()
  expect(asked).toHaveLength(2)
})

test('a reload while a load is under way comes after it, once', async () => {
  const { loader, asked, reports } = byHand()
  loader.refresh()
  loader.reload()
  loader.reload()
  asked[0]?.answer('before the change')
  await settled()
  expect(asked).toHaveLength(2)
  asked[1]?.answer('after it')
  await settled()
  expect(asked).toHaveLength(2)
  expect(reports.at(-1)).toEqual({ kind: 'loaded', data: 'after it' })
})

test('a load that fails is reported, and the next may do better', async () => {
  const { loader, asked, reports } = byHand()
  loader.refresh()
  asked[0]?.fail('no answer')
  await settled()
  expect(reports.at(-1)).toMatchObject({ kind: 'failed', error: { message: 'no answer' } })
  loader.refresh()
  asked[1]?.answer('there it is')
  await settled()
  expect(reports.at(-1)).toEqual({ kind: 'loaded', data: 'there it is' })
})

test('closing cancels, and nothing is reported afterwards', async () => {
  const { loader, asked, reports } = byHand()
  loader.refresh()
  loader.reload()
  loader.close()
  expect(asked[0]?.signal.aborted).toBe(true)
  asked[0]?.answer('too late')
  await settled()
  loader.refresh()
  expect(asked).toHaveLength(1)
  expect(reports).toEqual([{ kind: 'started' }])
})
