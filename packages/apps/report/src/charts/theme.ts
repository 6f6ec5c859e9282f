/** Colours of a chart. `ink` is what text and axes are drawn in. */
export interface Theme {
  readonly ink: string
  readonly faint: string
  readonly paper: string
}

/** Charts inside a page take the colour of its text, so that they are right on a dark one too. */
export const inlineTheme: Theme = { ink: 'currentColor', faint: 'rgba(128,128,128,0.28)', paper: 'none' }

/** Charts in a file of their own stand on white. */
export const fileTheme: Theme = { ink: '#1f2933', faint: 'rgba(128,128,128,0.28)', paper: '#ffffff' }

/** Told apart also without red and green (Okabe & Ito 2008, lightened to be read on dark paper). */
export const palette = [
  '#2a78b5',
  '#e08a00',
  '#16967a',
  '#c4608f',
  '#8a6bbf',
  '#5aa9d6',
  '#b5651d',
  '#7a8794',
] as const

/** From few to many. */
export const scale = ['#dcebf5', '#9cc7e3', '#4f9acb', '#23699f', '#0d3f66'] as const
