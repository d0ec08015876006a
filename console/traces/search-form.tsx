// Everything that Jaeger's search takes, with errors beside the field that has them. Time stands in the header. A trace's id, put where
// the tags go, opens that trace.
import { type FormEvent, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { tracePath } from '../links.ts'
import { useShortcut } from '../shell/shortcuts.tsx'
import { useLoad } from '../shell/use-load.ts'
import { Field } from './field.tsx'
import { fetchOperations } from './jaeger-api.ts'
import { maxLimit, searchFaults, type TraceSearch } from './trace-search.ts'
import { withWayBack } from './way-back.ts'

type Props = {
  search: TraceSearch
  services: readonly string[]
  loading: boolean
  onSearch: (search: TraceSearch) => void
}

export function SearchForm({ search, services, loading, onSearch }: Props) {
  const [draft, setDraft] = useState(search)
  const operations = useLoad(draft.service || undefined, (signal) => fetchOperations(draft.service, signal))
  const [, navigate] = useLocation()
  const before = useSearch()
  const isId = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(draft.tags.trim())
  const { tags: tagsFault, ...otherFaults } = searchFaults(draft)
  const faults: ReturnType<typeof searchFaults> = isId
    ? otherFaults
    : { ...otherFaults, ...(tagsFault ? { tags: tagsFault } : {}) }
  const tagsInput = useRef<HTMLInputElement>(null)
  useShortcut('/', 'Search by tags', () => tagsInput.current?.focus())
  const change = (part: Partial<TraceSearch>) => setDraft((before) => ({ ...before, ...part }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isId) return navigate(withWayBack(tracePath(draft.tags.trim()), before))
    if (Object.keys(faults).length === 0) onSearch(draft)
  }
  const known = services.includes(draft.service) || draft.service === '' ? services : [draft.service, ...services]
  const offered = operations.data ?? []
  return (
    <form className="search-form" onSubmit={submit} aria-label="Search for traces">
      <label>
        Service
        <select value={draft.service} onChange={(event) => change({ service: event.target.value, operation: '' })}>
          {known.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        Operation
        <select value={draft.operation} onChange={(event) => change({ operation: event.target.value })}>
          <option value="">all</option>
          {draft.operation && !offered.includes(draft.operation) && <option>{draft.operation}</option>}
          {offered.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <Field label="Tags, or a trace id" fault={faults.tags}>
        <input
          ref={tagsInput}
          type="search"
          value={draft.tags}
          onChange={(event) => change({ tags: event.target.value })}
          placeholder="error=true customer.region=eu"
          aria-invalid={faults.tags !== undefined}
          spellCheck={false}
        />
      </Field>
      <div className="search-pair">
        <Field label="Longer than" fault={faults.minDuration}>
          <input
            type="text"
            value={draft.minDuration}
            onChange={(event) => change({ minDuration: event.target.value.trim() })}
            placeholder="100ms"
            aria-invalid={faults.minDuration !== undefined}
          />
        </Field>
        <Field label="Shorter than" fault={faults.maxDuration}>
          <input
            type="text"
            value={draft.maxDuration}
            onChange={(event) => change({ maxDuration: event.target.value.trim() })}
            placeholder="2s"
            aria-invalid={faults.maxDuration !== undefined}
          />
        </Field>
      </div>
      <label>
        At most
        <input
          type="number"
          min={1}
          max={maxLimit}
          value={draft.limit}
          onChange={(event) => change({ limit: Number(event.target.value) })}
        />
      </label>
      <button type="submit" className="button button-primary" disabled={Object.keys(faults).length > 0}>
        {isId ? 'Open the trace' : loading ? 'Searching …' : 'Search'}
      </button>
    </form>
  )
}
