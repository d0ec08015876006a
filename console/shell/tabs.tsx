// Tabs, of which one shows its panel: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/. Arrow keys choose, as in every list of tabs.
import { type KeyboardEvent, type ReactNode, useRef } from 'react'

type ListProps<Tab extends string> = {
  /** Shared with the panel. */
  id: string
  label: string
  /** In order. */
  titles: Readonly<Record<Tab, string>>
  selected: Tab
  onSelect: (tab: Tab) => void
}

export function TabList<Tab extends string>({ id, label, titles, selected, onSelect }: ListProps<Tab>) {
  const list = useRef<HTMLDivElement>(null)
  // The record is the list of its own names.
  const names = Object.keys(titles) as Tab[]
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbourAt(names, selected, event.key)
    // With another key held it is the browser's, such as its way back.
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    // Handled: no shortcut of the page is to act on it as well, such as a presenter's next step.
    event.preventDefault()
    onSelect(next)
    list.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus()
  }
  return (
    <div ref={list} role="tablist" aria-label={label} className="tabs" onKeyDown={onKeyDown}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`${id}-${name}`}
          data-tab={name}
          aria-selected={name === selected}
          aria-controls={name === selected ? `${id}-panel` : undefined}
          tabIndex={name === selected ? 0 : -1}
          onClick={() => onSelect(name)}
        >
          {titles[name]}
        </button>
      ))}
    </div>
  )
}

export function TabPanel({ id, selected, children }: { id: string; selected: string; children: ReactNode }) {
  return (
    <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${selected}`}>
      {children}
    </div>
  )
}

/** The tab that a key leads to: arrows go around, Home and End to the ends; undefined for any other key. */
export function neighbourAt<Tab extends string>(names: readonly Tab[], selected: Tab, key: string): Tab | undefined {
  const at = names.indexOf(selected)
  switch (key) {
    case 'ArrowRight':
      return names[(at + 1) % names.length]
    case 'ArrowLeft':
      return names.at(at - 1)
    case 'Home':
      return names[0]
    case 'End':
      return names.at(-1)
    default:
      return undefined
  }
}
