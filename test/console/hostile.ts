// Whatever names, values, events and logs say, it is text: no script runs, and the content security policy has nothing to forbid.
import type { Page } from 'playwright-core'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { until } from '../until.ts'
import type { ConsoleCluster } from './console-cluster.ts'

const attack = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>'

export function testHostile(cluster: ConsoleCluster): void {
  test('hostile names, values, events and logs are text and nothing else', async () => {
    const traceId = 'bad0bad0bad0bad0bad0bad0bad0bad0'
    await sendHostileTrace(cluster.urls().otlp, traceId)
    await cluster.onPage(async (page, { go }) => {
      await until('the trace', async () => {
        const { statusCode, body } = await request(`${cluster.urls().jaeger}/api/traces/${traceId}`)
        await body.dump()
        return statusCode === 200
      })
      await go(`/traces/${traceId}?span=bad0bad0bad0bad1`)
      await page.getByRole('complementary', { name: 'Span' }).waitFor()
      expect(await page.locator('main').innerText()).toContain(attack)
      await page.getByRole('button', { name: 'Graph' }).click()
      await page.locator('.graph-node').first().waitFor()
      await go(`/traces?service=${encodeURIComponent(attack)}`)
      await page.locator('.trace-item').first().waitFor()
      await go(`/traces/compare/${traceId}/${traceId}`)
      await page.locator('tbody tr').first().waitFor()
      await go(`/traces?service=${encodeURIComponent('"><script>window.attacked=1</script>')}&tags=%3Cb%3E`)
      await page.getByRole('heading', { name: 'No trace matches' }).waitFor()
      expect(await page.evaluate('window.attacked')).toBeUndefined()
      expect(await page.locator('main script, main img[src="x"]').count()).toBe(0)
    })
  })

  test('hostile series, labels and log lines on dashboards, on the map and in a query are text, too', {
    timeout: 120_000,
  }, async () => {
    await cluster.onPage(async (page, { go }) => {
      await attackAnswers(page)
      // Legends, tables, time lines, choices of variables: what names its series by their labels.
      for (const name of ['failures', 'resources', 'service']) {
        await go(`/dashboards/faultline-${name}?from=now-5m&to=now`)
        await until(`the attack on ${name} to be seen`, () => seesAttack(page), 30_000)
      }
      await go('/query?expr=up')
      await until('the attack in the query', () => seesAttack(page), 30_000)
      await page.getByRole('tab', { name: 'Table' }).click()
      await until('the attack in the table', () => seesAttack(page), 30_000)
      await go('/map?as=list')
      await page.locator('tbody tr').first().waitFor()
      await go('/alerts')
      await page.getByRole('heading', { name: 'History' }).waitFor()
      expect(await page.evaluate('window.attacked')).toBeUndefined()
      expect(await page.locator('main script, main img[src="x"]').count()).toBe(0)
    })
  })
}

async function seesAttack(page: Page): Promise<boolean> {
  // As far as no quotes are in it, which names of series have a stroke before.
  return (await page.locator('main').innerText()).includes(attack.slice(0, attack.indexOf('"')))
}

/** Puts the attack behind each value of each label, and into each line of a log, that the console is answered with. */
async function attackAnswers(page: Page): Promise<void> {
  await page.route(/\/prometheus\/api\/v1\/|\/jaeger\/api\/logs/, async (route) => {
    const response = await route.fetch()
    const body: unknown = await response.json().catch(() => undefined)
    await route.fulfill({ response, json: attacked(body) })
  })
}

/** What numbers and ends of buckets are told by stays as it is. */
const structural = new Set(['le', 'trace_id', 'span_id', 'traceID', 'spanID'])

function attacked(value: unknown, inside = false): unknown {
  if (Array.isArray(value)) return value.map((each) => attacked(each, inside && typeof each !== 'string'))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const labels = key === 'metric' || key === 'labels' || key === 'attributes' || key === 'annotations'
      if (typeof each === 'string' && (inside || key === 'body') && !structural.has(key))
        return [key, `${each}${attack}`]
      return [key, attacked(each, labels)]
    }),
  )
}

/** Sends a trace, and a log line of it, that has an attack wherever text may stand. */
async function sendHostileTrace(otlp: string, traceId: string): Promise<void> {
  const nowNs = BigInt(Date.now()) * 1_000_000n
  const text = (key: string) => ({ key, value: { stringValue: attack } })
  const resource = { attributes: ['service.name', 'service.instance.id', 'cloud.region', 'service.version'].map(text) }
  const span = {
    traceId,
    spanId: 'bad0bad0bad0bad1',
    name: attack,
    kind: 3,
    startTimeUnixNano: String(nowNs),
    endTimeUnixNano: String(nowNs + 5_000_000n),
    attributes: [text(attack), text('db.system.name'), text('db.namespace')],
    events: [{ timeUnixNano: String(nowNs), name: 'exception', attributes: [text('exception.message')] }],
    status: { code: 2, message: attack },
  }
  const logRecord = {
    timeUnixNano: String(nowNs),
    traceId,
    spanId: span.spanId,
    body: { stringValue: attack },
    attributes: [text(attack)],
  }
  const send = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await request(`${otlp}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(answer.statusCode).toBe(200)
    await answer.body.dump()
  }
  await send('/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] })
  await send('/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [logRecord] }] }] })
}
