// What a check says when it does not hold.

export type Property =
  | 'election safety'
  | 'log matching'
  | 'leader completeness'
  | 'state-machine safety'
  | 'linearizability'
  | 'progress'
  /** The core itself, or its storage, found that something cannot be. */
  | 'assertion'

export class Violation extends Error {
  readonly property: Property

  constructor(property: Property, message: string) {
    super(message)
    this.property = property
  }
}
