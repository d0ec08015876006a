import { expect, test } from 'vitest'
import { parseSchedule } from '../../faults/schedules/schedule.ts'
import { problemsOf } from './check.ts'
import { describeOverrides, override } from './overrides.ts'

const schedule = parseSchedule(
  JSON.stringify({
    ...{ format: 'faultline-schedule', version: 1, size: 'small', seed: 3, load: 20, durationS: 60 },
    events: [
      { atS: 1, do: 'inject', id: 'slow', fault: 'latency', from: 'gateway', to: 'products', forS: 10 },
      { atS: 5, do: 'inject', id: 'storm', fault: 'retry-storm', target: 'products', forS: 20, seed: 8 },
      { atS: 6, do: 'change', id: 'slow', parameters: { delayMs: 500 }, forS: 3 },
      { atS: 7, do: 'load', requestsPerSecond: 40 },
      { atS: 8, do: 'set', name: 'timeoutMs', value: 700, caller: 'gateway', callee: 'products' },
      { atS: 9, do: 'end', id: 'slow' },
      { atS: 10, do: 'kill', node: 'media-1' },
    ],
  }),
  'test',
)
const events = (overrides: Parameters<typeof override>[1]) => override(schedule, overrides).events

test('nothing is different: the plan without its outcome', () => {
  expect(override(schedule, {})).toEqual({
    ...schedule,
    events: schedule.events.filter(({ do: kind }) => kind !== 'end'),
  })
})

test('--without leaves out a fault by its id or that of an injection, and all that concerns it', () => {
  for (const name of ['latency', 'slow']) {
    expect(events({ without: [name] }).map((event) => event.do)).toEqual(['inject', 'load', 'set', 'kill'])
  }
  expect(() => events({ without: ['crash'] })).toThrow('the schedule injects no crash; it injects slow, storm')
})

test('--fault changes a parameter, also where the schedule changes it later', () => {
  const changed = events({ fault: [{ id: 'latency', parameter: 'delayMs', value: '90' }] })
  expect(changed[0]).toMatchObject({ id: 'slow', parameters: { delayMs: '90' } })
  expect(changed[2]).toEqual({ atS: 6, do: 'change', id: 'slow', parameters: {}, forS: 3 })
  const longer = events({ fault: [{ id: 'slow', parameter: 'forS', value: '30' }] })
  expect(longer[0]).toMatchObject({ forS: 30 })
  expect(longer[2]).toEqual({ atS: 6, do: 'change', id: 'slow', parameters: { delayMs: 500 } })
  expect(() => events({ fault: [{ id: 'slow', parameter: 'forS', value: 'long' }] })).toThrow('forS must be a number')
})

test('--load holds all the time; --seed leaves the seeds of faults alone', () => {
  const changed = override(schedule, { load: 5, seed: 77 })
  expect(changed).toMatchObject({ load: 5, seed: 77 })
  expect(changed.events.some((event) => event.do === 'load')).toBe(false)
  expect(changed.events.find((event) => event.do === 'inject' && event.id === 'storm')).toMatchObject({ seed: 8 })
})

test('--set holds from the beginning, and again after whatever may change it', () => {
  const set = [{ name: 'timeoutMs', value: 900, callee: 'products' }]
  const times = events({ set }).flatMap((event) => (event.do === 'set' && event.value === 900 ? [event.atS] : []))
  // Latency brings no policies; the storm does, a fault may do so once it is changed, and the schedule sets it itself.
  expect(times).toEqual([0, 5, 6, 8])
})

test('in words', () => {
  expect(
    describeOverrides({
      set: [
        { name: 'hedging', value: true, caller: 'gateway', callee: 'products' },
        { name: 'queueLength', value: 5, kind: 'frontdoor' },
      ],
      without: ['crash'],
      load: 4,
      fault: [{ id: 'slow', parameter: 'delayMs', value: '3' }],
    }),
  ).toEqual([
    'hedging of gateway → products is true',
    'queueLength of frontdoor is 5',
    'without crash',
    'load 4 requests/s',
    'slow with delayMs=3',
  ])
  expect(describeOverrides({})).toEqual([])
})

test('a good schedule has no problems; each bad event is named with what is wrong', () => {
  expect(problemsOf(schedule)).toEqual([])
  const bad = {
    ...schedule,
    events: [
      { atS: 1, do: 'inject', id: 'a', fault: 'latenci', target: 'orders', parameters: {}, forS: 1 },
      { atS: 1, do: 'inject', id: 'b', fault: 'crash', target: 'orders-2', parameters: {}, forS: 1 },
      { atS: 1, do: 'inject', id: 'c', fault: 'latency', target: 'orders', parameters: { delayMs: 0 }, forS: 1 },
      { atS: 2, do: 'set', name: 'timeouts', value: 3 },
      { atS: 2, do: 'set', name: 'timeoutMs', value: 'soon' },
      { atS: 2, do: 'set', name: 'timeoutMs', value: 30, caller: 'nobody' },
      { atS: 3, do: 'kill', node: 'orders-2' },
      { atS: 3, do: 'scale', kind: 'media', replicas: 2 },
      { atS: 4, do: 'scale', kind: 'orders', replicas: 2 },
      { atS: 5, do: 'kill', node: 'orders-2' },
    ],
  } as unknown as typeof schedule
  expect(problemsOf(bad)).toEqual([
    expect.stringMatching(/^events\[0\], inject at 1 s: there is no fault latenci; there are latency/),
    expect.stringMatching(/^events\[1\], .*there is no node, kind or region orders-2/),
    expect.stringMatching(/^events\[2\], .*delayMs must be a number of milliseconds from 1 to 30000/),
    expect.stringMatching(/^events\[3\], .*there is no policy timeouts; there is timeoutMs/),
    expect.stringMatching(/^events\[4\], .*timeoutMs must be/),
    expect.stringMatching(/^events\[5\], .*caller must be one of frontdoor/),
    expect.stringMatching(/^events\[6\], .*there is no node orders-2/),
    expect.stringMatching(/^events\[7\], .*media does not scale: its files/),
  ])
})
