// The HTTP API of the control plane for people and tools: its OpenAPI document, and README.md of this folder, which a test compares.
import type { Method } from '../../services/kit/http/api.ts'
import { type ApiAbout, openApiDocument } from '../../services/kit/http/openapi.ts'
import { controlApi } from './contract.ts'

const about: ApiAbout = {
  title: 'Faultline control plane',
  description:
    'What runs, and every change of it: load, replicas, faults, policies. Errors are problem details (RFC 9457) that name the field, its ' +
    'unit and its range. Requests of web pages of another origin are refused, whatever they carry.',
  security: {
    name: 'token',
    scheme: { type: 'http', scheme: 'bearer', description: 'The token of the run, as `faultline token` prints it' },
    missing: 'The token of the run is missing or wrong',
    everywhere: true,
  },
}

export function controlDocument(): object {
  return openApiDocument(controlApi, about)
}

const head = `# The control plane

Knows which nodes there are, tells each of them its callees, settings and faults over one stream, and carries out every change that
somebody wants. Nodes go on by what they know when it is gone. The command line and the console are clients of this API, and can do
nothing that anybody else could not do with it:

\`\`\`sh
control=http://127.0.0.1:7070
auth="authorization: Bearer $(npx faultline token)"
curl -sH "$auth" $control/v1/faults/catalogue                 # what there is, with parameters, units and ranges
curl -sH "$auth" -H 'content-type: application/json' $control/v1/faults \\
  -d '{"fault":"latency","from":"gateway-na","to":"products-na","parameters":{"delayMs":300},"forS":60}'
curl -sH "$auth" $control/v1/faults                           # what is active, and for how long
curl -sH "$auth" -X DELETE $control/v1/faults                 # ends all of it
\`\`\`

- Every request carries the run's token, but those for \`/v1/openapi.json\` and \`/metrics\`. The Host header has to name this machine, and
  a browser's request has to come from this origin: the console's server asks on behalf of its page.
- Bodies are JSON, 16 KB at most, and a member that nobody knows is an error. Refusals are \`application/problem+json\`, and name the field.
- A fault ends by itself after \`forS\` seconds (60 unless said otherwise, an hour at most), on each node by its own clock. The answer to an
  injection says where it acts, and in \`applied\` whether all of them had it when the answer was sent.
- With \`"secret": true\` an injection is kept out of annotations, metrics, spans and logs; only this API tells of it. One that is a roll-out
  (\`bad-canary\`, \`misconfiguration\`) leaves its change marker all the same, as every roll-out does: what was rolled out, and where.
- Parameters, bodies and answers in full: [\`/v1/openapi.json\`](http://127.0.0.1:7070/v1/openapi.json) of a run (OpenAPI 3.1).

Written from \`contract.ts\` by \`npx vitest run cluster/control-plane -u\`:

| request | |
| --- | --- |
`

const order: Record<Method, number> = { GET: 0, POST: 1, PUT: 2, DELETE: 3 }

export function controlReadme(): string {
  const topicOf = (path: string) => path.split('/')[2] ?? ''
  const topics = [...new Set(Object.values(controlApi).map(({ path }) => topicOf(path)))]
  const rows = Object.values(controlApi)
    .toSorted(
      (a, b) => topics.indexOf(topicOf(a.path)) - topics.indexOf(topicOf(b.path)) || order[a.method] - order[b.method],
    )
    .map(({ method, path, summary }) => `| \`${method} ${path}\` | ${summary} |`)
  return `${head}${rows.join('\n')}\n`
}
