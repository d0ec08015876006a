// Which libraries are traced, and how: one server span and one client span a hop, one span a statement, and nothing from middleware,
// files, DNS or sockets. Everything that OpenTelemetry's metapackage knows beside these four stays off.
import type { Span } from '@opentelemetry/api'
import { getNodeAutoInstrumentations, type InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_SERVER_PORT,
  ATTR_URL_TEMPLATE,
} from '@opentelemetry/semantic-conventions/incubating'
import { currentAttempt } from './client-span.ts'
import { summarizeStatement } from './statement.ts'
import { isUntraced } from './untraced.ts'

export const instrumentationConfig: InstrumentationConfigMap = {
  '@opentelemetry/instrumentation-http': {
    enabled: true,
    // Calls between nodes go through undici; what else uses node:http is the control stream and the exporters.
    disableOutgoingRequestInstrumentation: true,
    ignoreIncomingRequestHook: isUntraced,
  },
  '@opentelemetry/instrumentation-pg': {
    enabled: true,
    requireParentSpan: true,
    ignoreConnectSpans: true,
    requestHook: (span, { query }) => describeStatement(span, query.text),
  },
  '@opentelemetry/instrumentation-undici': {
    enabled: true,
    requireParentforSpans: true,
    startSpanHook: () => {
      const attempt = currentAttempt()
      if (!attempt) return {}
      return {
        [ATTR_URL_TEMPLATE]: attempt.route,
        [ATTR_SERVER_PORT]: attempt.peerPort,
        'faultline.callee.instance': attempt.instance,
        ...(attempt.resendCount > 0 ? { 'http.request.resend_count': attempt.resendCount } : {}),
      }
    },
    requestHook: (span) => {
      const attempt = currentAttempt()
      if (!attempt) return
      attempt.span = span.spanContext()
      span.updateName(`${attempt.method} ${attempt.route}`)
    },
  },
  '@opentelemetry/instrumentation-pino': { enabled: true },
}

function describeStatement(span: Span, text: string): void {
  const { operation, summary, table } = summarizeStatement(text)
  span.updateName(summary)
  span.setAttribute(ATTR_DB_QUERY_SUMMARY, summary)
  span.setAttribute(ATTR_DB_OPERATION_NAME, operation)
  if (table) span.setAttribute(ATTR_DB_COLLECTION_NAME, table)
}

/** The four instrumentations that a node uses. The bundler calls this too, to know what to patch. */
export function createInstrumentations() {
  // Without this list the metapackage would also construct and patch some forty others.
  process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS = 'http,pg,undici,pino'
  return getNodeAutoInstrumentations(instrumentationConfig)
}
