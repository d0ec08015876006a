// Everything under /traces.
import { Empty } from '../shell/notices.tsx'

export function TracesView() {
  return <Empty title="Traces" />
}
