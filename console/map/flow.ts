// Requests on their way: each link lets dots go at its real rate, or one for several where there are too many to see. Pure: time and
// chance are handed in, drawing is done elsewhere. Bounded in number, whatever the rate.
import type { MapLink } from './map-model.ts'

/** More than this on one link is a line, no matter how fine the dots. */
const MAX_DOTS_PER_S = 14
const MAX_DOTS = 600
const MIN_TRANSIT_S = 0.7
const MAX_TRANSIT_S = 4

export type Dot = { link: string /** 0–1 of the way. */; at: number; speed: number; failed: boolean }

type Source = { link: MapLink; dotsPerS: number; transitS: number; due: number }

/** Seconds from end to end: slow links are seen to be slow, fast ones can still be followed. */
export function transitOf(p95S: number | undefined): number {
  if (p95S === undefined) return MIN_TRANSIT_S * 1.5
  return Math.min(MAX_TRANSIT_S, MIN_TRANSIT_S + Math.sqrt(p95S) * 2)
}

export class Flow {
  #sources = new Map<string, Source>()
  #dots: Dot[] = []
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  get dots(): readonly Dot[] {
    return this.#dots
  }

  /** New figures. Dots of links that are gone vanish. */
  update(links: readonly MapLink[]): void {
    const before = this.#sources
    this.#sources = new Map(
      links
        .filter(({ rate }) => rate > 0)
        .map((link) => {
          const dotsPerS = Math.min(link.rate, MAX_DOTS_PER_S)
          const due = before.get(link.id)?.due ?? this.#random()
          return [link.id, { link, dotsPerS, transitS: transitOf(link.p95S), due }]
        }),
    )
    const present = new Set(links.map(({ id }) => id))
    this.#dots = this.#dots.filter(({ link }) => present.has(link))
  }

  /** @param seconds since the last call; more than a tenth is taken for a tenth, as after a pause */
  advance(seconds: number): void {
    const step = Math.min(seconds, 0.1)
    let kept = 0
    for (const dot of this.#dots) {
      dot.at += dot.speed * step
      if (dot.at < 1) this.#dots[kept++] = dot
    }
    this.#dots.length = kept
    for (const source of this.#sources.values()) {
      source.due += source.dotsPerS * step
      while (source.due >= 1) {
        source.due -= 1
        if (this.#dots.length >= MAX_DOTS) continue
        const failed = this.#random() < source.link.errorShare
        this.#dots.push({ link: source.link.id, at: 0, speed: 1 / source.transitS, failed })
      }
    }
  }

  /** Requests that one dot stands for, at most. */
  requestsPerDot(): number {
    const ratios = [...this.#sources.values()].map(({ link, dotsPerS }) => link.rate / dotsPerS)
    return ratios.length === 0 ? 1 : Math.max(...ratios)
  }
}
