// Styles that a view imports go into a sheet beside its code.
declare module '*.css'
