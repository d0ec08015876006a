// How a start or a stop goes on, for whoever shows it.

export type ClusterPart = 'telemetry' | 'databases' | 'nodes' | 'schedule'

export type Progress =
  | {
      kind: 'step'
      part: ClusterPart
      text: string
      /** The part is up. */
      done?: boolean
      /** One of many like it: worth a place on a screen, not a line in a log. */
      fleeting?: boolean
    }
  /** Worth knowing, and no failure: during the start and as long as the cluster runs. */
  | { kind: 'notice'; text: string }
