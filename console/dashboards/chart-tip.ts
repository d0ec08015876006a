// The box beside the pointer that names the values under it. Made of elements and text alone: names of series are not to be trusted.

export type TipLine = { text: string; color: string; value: string }

const MAX_LINES = 14

export class ChartTip {
  readonly #host: HTMLElement
  readonly #box: HTMLElement

  constructor(host: HTMLElement) {
    this.#host = host
    this.#box = document.createElement('div')
    this.#box.className = 'chart-tip'
    this.#box.hidden = true
    this.#box.setAttribute('aria-hidden', 'true')
    host.append(this.#box)
  }

  /** @param x and y of the pointer, in pixels within the host */
  show(x: number, y: number, title: string, lines: readonly TipLine[]): void {
    const rows = lines.slice(0, MAX_LINES).map(({ text, color, value }) => {
      const row = element('div', 'chart-tip-row')
      const swatch = element('span', 'swatch')
      swatch.style.background = color
      row.append(swatch, element('span', 'chart-tip-name', text), element('span', 'number', value))
      return row
    })
    const more = lines.length > MAX_LINES ? [element('div', 'hint', `and ${lines.length - MAX_LINES} more`)] : []
    this.#box.replaceChildren(element('div', 'chart-tip-title', title), ...rows, ...more)
    this.#box.hidden = false
    const left =
      x + this.#box.offsetWidth + 24 < this.#host.clientWidth ? x + 16 : Math.max(0, x - this.#box.offsetWidth - 12)
    this.#box.style.transform = `translate(${left}px, ${Math.max(0, y - 12)}px)`
  }

  hide(): void {
    this.#box.hidden = true
  }

  remove(): void {
    this.#box.remove()
  }
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}
