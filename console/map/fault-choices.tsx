// The faults that a place can take, each leading to the switchboard with the place filled in.
import { Link } from 'wouter'
import type { FaultInfo } from '../control/faults.ts'
import { faultsPath } from '../links.ts'

type Props = {
  faults: readonly FaultInfo[]
  place: { target: string } | { from: string; to: string }
  /** Where that is, in words: each link is named by it. */
  where: string
}

export function FaultChoices({ faults, place, where }: Props) {
  if (faults.length === 0) return null
  return (
    <section>
      <h3>Faults that it can take</h3>
      <ul className="chips">
        {faults.map(({ id, term }) => (
          <li key={id}>
            <Link className="button" href={faultsPath({ fault: id, ...place })} aria-label={`${term} ${where}`}>
              {term}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
