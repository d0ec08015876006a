// The switchboard: what can be broken and how, what is broken now, and the policies that help against it.
import { useId, useRef, useState } from 'react'
import { useSearchParams } from 'wouter'
import { getStatus, type NodeStatus } from '../control/cluster-status.ts'
import { type FaultInfo, getActiveFaults, getCatalogue } from '../control/faults.ts'
import { Empty, Failure, Loading } from '../shell/notices.tsx'
import { useHas } from '../shell/session-context.ts'
import { TabList, TabPanel } from '../shell/tabs.tsx'
import { useLoad } from '../shell/use-load.ts'
import { ActiveFaults } from './active-faults.tsx'
import type { Places, Wanted } from './fault-form.ts'
import { InjectForm } from './inject-form.tsx'
import { PolicyBoard } from './policy-board.tsx'
import './faults.css'

const REFRESH_MS = 2_000
const tabTitles = { faults: 'Faults', policies: 'Policies' } as const
const placeNames = ['target', 'from', 'to'] as const

export function FaultsView() {
  const { control } = useHas()
  const [params, setParams] = useSearchParams()
  const catalogue = useLoad(control ? 'catalogue' : undefined, getCatalogue)
  const active = useLoad(catalogue.data ? 'faults' : undefined, getActiveFaults, REFRESH_MS)
  const status = useLoad(control ? 'status' : undefined, getStatus, REFRESH_MS * 5)
  const tab = params.get('tab') === 'policies' ? 'policies' : 'faults'
  const tabs = useId()
  const show = (next: keyof typeof tabTitles) =>
    setParams((before) => {
      before.set('tab', next)
      before.delete('policy')
      return before
    })
  // Where to break stays in the address when what to break changes: a fault that cannot strike there takes its own example.
  const choose = (fault: string, picked: Wanted | undefined) =>
    setParams((before) => {
      before.set('fault', fault)
      if (!picked) return before
      for (const name of placeNames) {
        const place = picked[name]
        if (place) before.set(name, place)
        else before.delete(name)
      }
      return before
    })
  if (!control)
    return (
      <Empty title="Breaking things needs a control plane">
        <p>
          Start the console beside a cluster, with <code>npm start</code>.
        </p>
      </Empty>
    )
  if (catalogue.error)
    return <Failure error={catalogue.error} what="The catalogue of faults" onRetry={catalogue.reload} />
  const injectsNone = !catalogue.loading && !catalogue.data
  return (
    <div className="faults-view">
      <h1 className="visually-hidden">Faults and policies</h1>
      {!injectsNone && <ActiveFaults told={active.data} error={active.error} onChanged={active.reload} />}
      <TabList id={tabs} label="Switchboard" titles={tabTitles} selected={tab} onSelect={show} />
      <TabPanel id={tabs} selected={tab}>
        {tab === 'policies' && <PolicyBoard sought={params.get('policy') ?? undefined} />}
        {tab === 'faults' && catalogue.loading && !catalogue.data && <Loading what="the catalogue of faults" />}
        {tab === 'faults' && injectsNone && (
          <Empty title="This control plane injects no faults">
            <p>A newer one has a catalogue of them.</p>
          </Empty>
        )}
        {tab === 'faults' && catalogue.data && !status.data && status.error && (
          <Failure error={status.error} what="The cluster’s state" onRetry={status.reload} />
        )}
        {tab === 'faults' && catalogue.data && status.data && (
          <Board
            catalogue={catalogue.data}
            nodes={status.data.nodes}
            params={params}
            onChoose={choose}
            onInjected={active.reload}
          />
        )}
      </TabPanel>
    </div>
  )
}

type BoardProps = {
  catalogue: readonly FaultInfo[]
  nodes: readonly NodeStatus[]
  params: URLSearchParams
  /** `picked`: the places chosen in the form since it was filled in. */
  onChoose: (id: string, picked: Wanted | undefined) => void
  onInjected: () => void
}

function Board({ catalogue, nodes, params, onChoose, onInjected }: BoardProps) {
  const [sought, setSought] = useState('')
  const chosen = catalogue.find(({ id }) => id === params.get('fault')) ?? catalogue[0]
  const fits = ({ id, term, description }: FaultInfo) =>
    `${id} ${term} ${description}`.toLowerCase().includes(sought.toLowerCase())
  const layers = [...new Set(catalogue.map(({ layer }) => layer))]
  const wanted: Wanted = Object.fromEntries(placeNames.map((name) => [name, params.get(name) ?? '']))
  // Of this filling in of the form: on the way back through the history it is another.
  const filledIn = `${chosen?.id} ${JSON.stringify(wanted)}`
  const picked = useRef<{ filledIn: string; places: Wanted }>(undefined)
  const change = (id: string) => onChoose(id, picked.current?.filledIn === filledIn ? picked.current.places : undefined)
  return (
    <div className="fault-board">
      <nav className="fault-list" aria-label="Catalogue of faults">
        <input
          type="search"
          placeholder="Find a fault"
          aria-label="Find a fault"
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
        {layers.map((layer) => {
          const own = catalogue.filter((fault) => fault.layer === layer && fits(fault))
          if (own.length === 0) return null
          return (
            <section key={layer}>
              <h2>{layer}</h2>
              <ul>
                {own.map(({ id, term }) => (
                  <li key={id}>
                    <button
                      type="button"
                      aria-current={id === chosen?.id ? 'true' : undefined}
                      onClick={() => change(id)}
                    >
                      {term}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
      </nav>
      {chosen && (
        <InjectForm
          key={filledIn}
          fault={chosen}
          places={placesOf(nodes)}
          wanted={wanted}
          onPick={(places) => {
            picked.current = { filledIn, places }
          }}
          onInjected={onInjected}
        />
      )}
    </div>
  )
}

function placesOf(nodes: readonly NodeStatus[]): Places {
  const own = nodes.filter(({ role }) => role === 'node')
  const unique = (values: readonly string[]): string[] => [...new Set(values)].sort()
  return {
    nodes: unique(own.map(({ id }) => id)),
    kinds: unique(own.map(({ kind }) => kind)),
    regions: unique(nodes.map(({ region }) => region)).filter((region) => region !== 'global'),
    databases: unique(nodes.filter(({ role }) => role === 'primary' || role === 'replica').map(({ id }) => id)),
  }
}
