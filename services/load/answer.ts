// Reads answers as strictly as the public contract promises them. Anything else is a wrong answer, whatever its status.
import { z } from 'zod'
import type { CallResponse } from '../kit/calls/caller.ts'
import type { EndpointSpec, ResponseOf } from '../kit/http/api.ts'
import { type Verdict, wrong } from './action.ts'

export type Read<T> = { kind: 'body'; status: number; body: T } | { kind: 'verdict'; verdict: Verdict }

const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  orderId: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>

/** The body, when the answer has the endpoint's success status (or one of `otherStatuses`) and its shape. */
export function readAnswer<E extends EndpointSpec>(
  endpoint: E,
  answer: CallResponse,
  otherStatuses: readonly number[] = [],
): Read<ResponseOf<E>> {
  const expected = endpoint.status ?? 200
  if (answer.status !== expected && !otherStatuses.includes(answer.status)) {
    return { kind: 'verdict', verdict: unexpectedStatus(answer) }
  }
  const json = parseJson(answer)
  if (json === undefined) return { kind: 'verdict', verdict: wrong('not_json', 'the body is not JSON') }
  const parsed = endpoint.response.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { kind: 'verdict', verdict: wrong('schema', `${issue?.path.join('.')}: ${issue?.message}`) }
  }
  // Parsed by the endpoint's own schema.
  return { kind: 'body', status: answer.status, body: parsed.data as ResponseOf<E> }
}

/** The problem document of a refusal; undefined when it is none, or contradicts its own status line. */
export function readProblem(answer: CallResponse): Problem | undefined {
  const parsed = Problem.safeParse(parseJson(answer))
  return parsed.success && parsed.data.status === answer.status ? parsed.data : undefined
}

export function unexpectedStatus(answer: CallResponse): Verdict {
  const code = readProblem(answer)?.code
  return wrong('unexpected_status', code ? `${answer.status} ${code}` : String(answer.status))
}

/** The one value of a header. */
export function headerOf({ headers }: CallResponse, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function parseJson({ body }: CallResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
