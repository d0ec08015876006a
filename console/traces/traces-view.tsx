// Everything under /traces: the search, one trace, two of them side by side.
import { Route, Switch } from 'wouter'
import './traces.css'
import { ComparePage } from './compare-page.tsx'
import { SearchPage } from './search-page.tsx'
import { TracePage } from './trace-page.tsx'

export function TracesView() {
  return (
    <Switch>
      <Route path="/traces" component={SearchPage} />
      <Route path="/traces/compare/:a/:b">{({ a, b }) => <ComparePage a={a} b={b} />}</Route>
      <Route path="/traces/:id">{({ id }) => <TracePage key={id} id={id} />}</Route>
    </Switch>
  )
}
