// Styles that a view imports go into a sheet beside its code.
declare module '*.css'
declare module '*.md' {
  /** The text. */
  const text: string
  // biome-ignore lint/style/noDefaultExport: what the build's loader makes
  export default text
}
