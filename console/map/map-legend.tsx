// How to read the map.
import { formatValue } from '../dashboards/units.ts'
import { ERROR_SHARE, WARN_SHARE, widthOf } from './link-look.ts'

export function MapLegend({ requestsPerDot, moving }: { requestsPerDot: number; moving: boolean }) {
  return (
    <ul className="map-legend" aria-label="How to read the map">
      <li>
        <i className="ok" /> well
      </li>
      <li>
        <i className="warn" /> {formatValue(WARN_SHARE, 'percentunit')} errors
      </li>
      <li>
        <i className="error" /> {formatValue(ERROR_SHARE, 'percentunit')} or more
      </li>
      {[0.01, 0.1, 1].map((p95S) => (
        <li key={p95S}>
          <i className="width" style={{ height: widthOf({ p95S }) }} /> p95 {formatValue(p95S, 's')}
        </li>
      ))}
      {moving && (
        <li>{requestsPerDot > 1.05 ? `a dot is up to ${Math.ceil(requestsPerDot)} requests` : 'a dot is a request'}</li>
      )}
    </ul>
  )
}
