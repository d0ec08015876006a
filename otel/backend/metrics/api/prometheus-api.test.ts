// Answers to the letter: against a file that is reviewed, and against the installed Prometheus. `vitest -u` writes the file anew.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prometheusTest } from '../../../../test/prometheus-test.ts'
import { startRealPrometheus } from '../../testing/real-prometheus.ts'
import { type ApiUnderTest, ask, startApi } from './testing/api-under-test.ts'

const SAMPLES = `# TYPE http_requests counter
http_requests_total{code="200",instance="orders-1"} 1 1700000000
http_requests_total{code="200",instance="orders-1"} 11 1700000010
http_requests_total{code="200",instance="orders-1"} 21.5 1700000020.5
http_requests_total{code="500",instance="orders-1"} 1 1700000000
http_requests_total{code="500",instance="orders-1"} 2 1700000020
# TYPE small gauge
small 1e-07 1700000000
# TYPE large gauge
large 1e20 1700000000
# TYPE special gauge
special{v="nan"} NaN 1700000000
special{v="inf"} +Inf 1700000000
special{v="text <&>\\"\\\\ é"} -Inf 1700000000
# EOF
`

/** Asked of both: Prometheus 2.42 and we answer the same. */
const REQUESTS = [
  'GET /api/v1/query?query=1%2B1&time=4',
  'GET /api/v1/query?query=1&time=4.12',
  'GET /api/v1/query?query=1&time=1.23456789',
  'GET /api/v1/query?query=-1e-7&time=1',
  'GET /api/v1/query?query=1e22&time=1',
  'GET /api/v1/query?query=vector(1)&time=4.1',
  'GET /api/v1/query?query=vector(-0)&time=1',
  'GET /api/v1/query?query="a%3Cb%26"&time=1700000021.1',
  'GET /api/v1/query?query=small&time=1700000000.5',
  'GET /api/v1/query?query=large*100&time=1700000000.007',
  'GET /api/v1/query?query=sort(large*10)&time=1700000000',
  'GET /api/v1/query?query=sum(special)&time=1700000000',
  'GET /api/v1/query?query=special{v="nan"}&time=1700000000',
  'GET /api/v1/query?query=special{v=~"t.*"}&time=1700000000',
  'GET /api/v1/query?query=absent_metric&time=1700000000',
  'GET /api/v1/query?query=sort(http_requests_total)&time=2023-11-14T22:13:40.5Z',
  'GET /api/v1/query?query=1&time=2023-11-14T22:13:40.123456%2B01:00',
  'GET /api/v1/query?query=http_requests_total[1m]&time=1700000021',
  'POST /api/v1/query query=1&time=5',
  'POST /api/v1/query?time=7 query=1',
  'GET /api/v1/query?query=up%7B&time=1',
  'GET /api/v1/query?query=up&time=x',
  'GET /api/v1/query?query=up&timeout=x',
  'GET /api/v1/query',
  'GET /api/v1/query?query=foo(1)',
  'GET /api/v1/query_range?query=up&start=1&end=2',
  'GET /api/v1/query_range?query=up&start=1&end=2&step=0',
  'GET /api/v1/query_range?query=up&start=1&end=2&step=-1s',
  'GET /api/v1/query_range?query=up&start=1&end=2&step=NaN',
  'GET /api/v1/query_range?query=up&start=1&end=2&step=1e300',
  'GET /api/v1/query_range?query=up&start=1&end=2&step=abc',
  'GET /api/v1/query_range?query=up&start=&end=2&step=1',
  'GET /api/v1/query_range?query=up&start=1&end=0&step=1',
  'GET /api/v1/query_range?query=up&start=1&end=20000&step=1',
  'GET /api/v1/query_range?query=up[5m]&start=1&end=20&step=1',
  'GET /api/v1/query_range?query=sum(http_requests_total)&start=1700000000&end=1700000020&step=10s',
  'GET /api/v1/query_range?query=3&start=1700000000&end=1700000001&step=0.5',
  'GET /api/v1/query_range?query=http_requests_total&start=1700000000.25&end=1700000021&step=7s',
  'POST /api/v1/query_range query=vector(1)&start=1&end=1.2&step=100ms',
  'GET /api/v1/query_exemplars?query=test&start=1700000000000&end=1700000001000',
  'GET /api/v1/query_exemplars?query=up&start=3&end=2',
  'GET /api/v1/series',
  'GET /api/v1/series?match[]=http_requests_total&start=1700000000&end=1700000020',
  'GET /api/v1/series?match%5B%5D=small&match[]=large&start=1699990000&end=1700000020',
  'POST /api/v1/series match[]=small&start=1699990000&end=1700000020',
  'GET /api/v1/series?match[]=http_requests_total&start=1800000000',
  'GET /api/v1/series?match[]=up{',
  'GET /api/v1/series?match[]={}',
  'GET /api/v1/series?match[]={x=~".*"}',
  'GET /api/v1/series?match[]=up&start=x',
  'GET /api/v1/labels',
  'GET /api/v1/labels?match[]=http_requests_total&start=1700000000&end=1700000020',
  'POST /api/v1/labels match[]=special',
  'GET /api/v1/labels?start=x',
  'GET /api/v1/labels?start=2&end=1',
  'GET /api/v1/label/code/values',
  'GET /api/v1/label/__name__/values',
  'GET /api/v1/label/v/values?match[]=special',
  'GET /api/v1/label/code/values?match[]=special',
  'GET /api/v1/label/none/values',
  'GET /api/v1/label/1code/values',
  'GET /api/v1/metadata?limit=2',
  'GET /api/v1/metadata?limit=x',
  'GET /api/v1/rules',
  'GET /api/v1/rules?type=foo',
  'GET /api/v1/alerts',
  'GET /api/v1/alertmanagers',
  'GET /-/healthy',
  'GET /-/ready',
  'GET /api/v1/nothing',
]

/** Go escapes these in JSON; the texts are the same. */
const unescaped = (body: string) =>
  body
    .replace(/\\u003c/g, '<')
    .replace(/\\u003e/g, '>')
    .replace(/\\u0026/g, '&')

async function answers(url: string): Promise<string> {
  const lines: string[] = []
  for (const request of REQUESTS) {
    const { status, body } = await ask(url, request)
    lines.push(`${request}\n${status} ${unescaped(body).trimEnd()}\n`)
  }
  return lines.join('\n')
}

describe('to the letter', () => {
  let api: ApiUnderTest
  beforeAll(async () => {
    api = await startApi(SAMPLES)
  })
  afterAll(() => api.stop())

  test('as reviewed', async () => {
    await expect(await answers(api.url)).toMatchFileSnapshot('testdata/answers.txt')
    expect(api.faults).toEqual([])
  })

  prometheusTest('as the installed Prometheus answers', async () => {
    const real = await startRealPrometheus({ samples: SAMPLES })
    try {
      const [ours, theirs] = [await answers(api.url), await answers(real.url)]
      expect(ours.split('\n')).toEqual(theirs.split('\n'))
    } finally {
      await real.stop()
    }
  })
})
