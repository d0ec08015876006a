// A labelled field, with what is wrong in it beside it.
import type { ReactNode } from 'react'

type Props = { label: string; fault: string | undefined; children: ReactNode }

export function Field({ label, fault, children }: Props) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label>
      {label}
      {children}
      {fault && (
        <span className="fault" role="alert">
          {fault}
        </span>
      )}
    </label>
  )
}
