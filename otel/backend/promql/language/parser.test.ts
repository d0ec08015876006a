import { describe, expect, test } from 'vitest'
import { QueryError } from '../query-error.ts'
import { MAX_DEPTH, parseQuery } from './parser.ts'
import { printExpr } from './print.ts'
import { selectorsOf } from './walk.ts'

/** The tree's shape as S-expressions, to see what binds to what. */
function shape(query: string): string {
  const show = (expr: ReturnType<typeof parseQuery>): string => {
    switch (expr.kind) {
      case 'binary':
        return `(${expr.operator} ${show(expr.left)} ${show(expr.right)})`
      case 'unary':
        return `(${expr.operator} ${show(expr.expr)})`
      case 'paren':
        return show(expr.expr)
      default:
        return printExpr(expr)
    }
  }
  return show(parseQuery(query))
}

function errorOf(query: string): QueryError {
  try {
    parseQuery(query)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error(`no error for ${query}`)
}

test.each([
  ['-1^2', '(- (^ 1 2))'],
  ['-1', '-1'],
  ['2^-1^2', '(^ 2 (- (^ 1 2)))'],
  ['2 ^ 3 ^ 4', '(^ 2 (^ 3 4))'],
  ['-a * b', '(* (- a) b)'],
  ['-a ^ b', '(- (^ a b))'],
  ['1 + 2 * 3 - 4', '(- (+ 1 (* 2 3)) 4)'],
  ['a or b and c unless d', '(or a (unless (and b c) d))'],
  ['a > bool b + c', '(> a (+ b c))'],
  ['a atan2 b * c', '(* (atan2 a b) c)'],
  ['a % b / c', '(/ (% a b) c)'],
  ['-foo offset 5m', '(- foo offset 5m)'],
  ['2 ^ foo[5m:] offset 1m == 1', undefined],
])('precedence: %s', (query, expected) => {
  if (expected === undefined) expect(() => shape(query)).toThrow(/scalar and instant vector/)
  else expect(shape(query)).toBe(expected)
})

describe('literals', () => {
  test.each([
    ['0x1f', '31'],
    ['017', '15'],
    ['089', '89'],
    ['1_000', '1000'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1E-3', '0.001'],
    ['1e-10', '0.0000000001'],
    ['inF', '+Inf'],
    ['-Inf', '-Inf'],
    ['NaN', 'NaN'],
    ['1h30m', '1h30m'],
    ['90m', '1h30m'],
    ['14d', '2w'],
    ['90d', '90d'],
    ['365d', '1y'],
    ['"a\\"b"', '"a\\"b"'],
    ["'a\\'b\\n'", '"a\'b\\n"'],
    ['`raw\\n`', '"raw\\\\n"'],
    ['"\\u00e9\\xc3\\xa9\\303\\251"', '"ééé"'],
    ['"\\U0001F600"', '"😀"'],
  ])('%s prints as %s', (query, printed) => {
    expect(printExpr(parseQuery(query))).toBe(printed)
  })

  test('a duration is a number of seconds, and a number is a range in seconds', () => {
    expect(parseQuery('1m30s')).toMatchObject({ kind: 'number', value: 90 })
    expect(parseQuery('foo[90]')).toMatchObject({ kind: 'matrix-selector', rangeMs: 90_000 })
    expect(parseQuery('foo[1.5]')).toMatchObject({ rangeMs: 1_500 })
    expect(parseQuery('foo offset 0x10')).toMatchObject({ offsetMs: 16_000 })
  })
})

describe('canonical form', () => {
  test.each([
    ['foo{b="2",a="1"}', 'foo{a="1",b="2"}'],
    ['{"my.metric"}', '{"my.metric"}'],
    ['{"plain", a=~"x"}', 'plain{a=~"x"}'],
    ['{"my.metric", "label with space"!="y",}', '{"my.metric","label with space"!="y"}'],
    ['{__name__=~"a|b"}', '{__name__=~"a|b"}'],
    ['{"nan"}', '{"nan"}'],
    ['sum{a="b"}', 'sum{a="b"}'],
    ['by', '{"by"}'],
    ['SUM by(job,)(foo)', 'sum by (job) (foo)'],
    ['sum(foo) without (a, "b c")', 'sum without (a, "b c") (foo)'],
    ['sum by () (foo)', 'sum(foo)'],
    ['topk(5, foo)', 'topk(5, foo)'],
    ['a + on (x) group_left b', 'a + on (x) group_left () b'],
    ['a / ignoring(x) GROUP_RIGHT(y, z) b', 'a / ignoring (x) group_right (y, z) b'],
    ['a == bool b', 'a == bool b'],
    ['foo[5m] offset -90s', 'foo[5m] offset -1m30s'],
    ['foo offset 1h @ 1609746000.5', 'foo @ 1609746000.500 offset 1h'],
    ['foo @ start()', 'foo @ start()'],
    ['foo[5m] @ end() offset 1m', 'foo[5m] @ end() offset 1m'],
    ['max_over_time(rate(foo[1m])[1h:30s] offset 2m)', 'max_over_time(rate(foo[1m])[1h:30s] offset 2m)'],
    ['foo[1h:]', 'foo[1h:]'],
    ['(((1)))', '(((1)))'],
    ['foo # comment\n  + # another "\n bar', 'foo + bar'],
    ['job:rate:sum{a="b"}', 'job:rate:sum{a="b"}'],
    ['label_join(foo, "a", ",")', 'label_join(foo, "a", ",")'],
    ['-(1)', '-(1)'],
    ['foo{a!~"b",c=""}', 'foo{a!~"b",c=""}'],
  ])('%s', (query, printed) => {
    expect(printExpr(parseQuery(query))).toBe(printed)
    expect(printExpr(parseQuery(printed))).toBe(printed)
  })
})

describe('refusals', () => {
  test.each([
    ['', '1:1: parse error: no expression found in input'],
    ['# only a comment', '1:1: parse error: no expression found in input'],
    ['foo bar', '1:5: parse error: unexpected identifier "bar"'],
    ['1 +', '1:4: parse error: unexpected end of input'],
    ['1 + )', `1:5: parse error: unexpected right parenthesis ')'`],
    ['(1', '1:3: parse error: unclosed left parenthesis'],
    ['foo{', '1:5: parse error: unexpected end of input inside braces'],
    ['foo{a}', '1:6: parse error: unexpected "}" in label matching, expected label matching operator'],
    ['foo{a=b}', '1:7: parse error: unexpected identifier "b" in label matching, expected string'],
    ['foo{a="b" c="d"}', '1:11: parse error: unexpected identifier "c" in label matching, expected "," or "}"'],
    ['foo{a=~"("}', '1:5: parse error: error parsing regexp: missing closing ): `(`'],
    ['foo{__name__="bar"}', '1:1: parse error: metric name must not be set twice: "foo" or "bar"'],
    ['{"a","b"}', '1:6: parse error: metric name must not be set twice: "a" or "b"'],
    ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['{a=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['foo[5m', '1:7: parse error: unclosed left bracket'],
    ['foo[]', '1:5: parse error: unexpected "]" in subquery or range selector, expected duration'],
    ['foo[5x]', '1:5: parse error: bad number or duration syntax: "5x"'],
    ['foo[5s5m]', '1:5: parse error: not a valid duration string: "5s5m"'],
    ['foo[0]', '1:5: parse error: duration must be greater than 0'],
    ['foo[5m+1m]', '1:7: parse error: duration expressions are experimental and not supported'],
    ['1[5m]', '1:2: parse error: ranges only allowed for vector selectors'],
    ['foo offset 1m[5m]', '1:14: parse error: no offset modifiers allowed before range'],
    ['foo @ 1 [5m]', '1:9: parse error: no @ modifiers allowed before range'],
    ['foo offset 1m offset 2m', '1:1: parse error: offset may not be set multiple times'],
    ['foo @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times'],
    ['foo @ inf', '1:1: parse error: timestamp out of bounds for @ modifier: Infinity'],
    ['sum(foo) offset 1m', /offset modifier must be preceded by an instant vector selector/],
    ['sum()', '1:1: parse error: no arguments for aggregate expression provided'],
    ['topk(foo)', /wrong number of arguments for aggregate expression provided, expected 2, got 1/],
    ['sum(foo[5m])', '1:5: parse error: expected type instant vector in aggregation expression, got range vector'],
    ['topk("a", foo)', '1:6: parse error: expected type scalar in aggregation parameter, got string'],
    ['rate(foo)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
    ['abs(1)', '1:5: parse error: expected type instant vector in call to function "abs", got scalar'],
    ['abs()', '1:1: parse error: expected 1 argument(s) in call to "abs", got 0'],
    ['round(foo, 1, 2)', '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3'],
    ['label_join(foo, "a")', '1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 2'],
    ['abs(foo,)', '1:8: parse error: trailing commas not allowed in function call args'],
    ['nope(foo)', '1:1: parse error: unknown function with name "nope"'],
    ['info(foo)', /function "info" is not supported: it is experimental/],
    ['histogram_sum(foo)', /function "histogram_sum" is not supported: native histograms/],
    ['limitk(1, foo)', /limitk\(\) is experimental and not supported/],
    ['foo smoothed', /the smoothed modifier is experimental and not supported/],
    ['a + fill(0) b', /the fill modifier is experimental and not supported/],
    ['1 > 2', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
    ['1 + bool 2', '1:3: parse error: bool modifier can only be used on comparison operators'],
    ['1 and 2', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ['a and on(x) group_left b', '1:1: parse error: no grouping allowed for "and" operation'],
    ['a + on(x) 1', '1:1: parse error: vector matching only allowed between instant vectors'],
    ['a + on(x) group_left(x) b', '1:3: parse error: label "x" must not occur in ON and GROUP clause at once'],
    ['foo[5m] + 1', '1:1: parse error: binary expression must contain only scalar and instant vector types'],
    ['-"a"', /unary expression only allowed on expressions of type scalar or instant vector, got "string"/],
    ['foo[5m:][1m:]', '1:1: parse error: subquery is only allowed on instant vector, got range vector instead'],
    ['foo == \n  "a', '2:3: parse error: unterminated quoted string'],
    ['"\\q"', '1:1: parse error: unknown escape sequence \\q'],
    ['foo{a=~"x{1001}"}', /invalid repeat count/],
    ['foo $', `1:5: parse error: unexpected character: '$'`],
    ['sum by (1) (foo)', '1:9: parse error: unexpected number "1" in grouping opts, expected label'],
    ['by (x)', /unknown function with name "by"/],
  ])('%s', (query, message) => {
    const error = errorOf(query)
    expect(error.kind).toBe('bad_data')
    if (typeof message === 'string') expect(error.message).toBe(message)
    else expect(error.message).toMatch(message)
  })

  test('nesting is bounded, from either side', () => {
    expect(() => parseQuery(`${'('.repeat(MAX_DEPTH - 1)}1${')'.repeat(MAX_DEPTH - 1)}`)).not.toThrow()
    const deep = [
      `${'('.repeat(5000)}1${')'.repeat(5000)}`,
      `1${'+1'.repeat(5000)}`,
      `${'-'.repeat(50_000)}a`,
      `1${'^1'.repeat(5000)}`,
      `foo${'[5m:]'.repeat(5000)}`,
    ]
    for (const query of deep) expect(() => parseQuery(query)).toThrow(/nested deeper than/)
    expect(() => parseQuery('a'.repeat(100_001))).toThrow(/longer than/)
  })
})

test('selectors of a query come in order', () => {
  const names = selectorsOf(parseQuery('sum(a) + rate(b[1m]) / quantile(scalar(c), d)')).map(({ name }) => name)
  expect(names).toEqual(['a', 'b', 'c', 'd'])
})
