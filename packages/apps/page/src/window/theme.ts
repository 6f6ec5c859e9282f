export type Theme = 'auto' | 'light' | 'dark'

export const themes: readonly Theme[] = ['auto', 'light', 'dark']
const key = 'sillage.theme'

/** The colours that were chosen; `auto` follows the system. */
export function theme(): Theme {
  const known = localStorage.getItem(key)
  return known === 'light' || known === 'dark' ? known : 'auto'
}

/** Shows the page in the colours that were chosen, now or before. */
export function applyTheme(chosen: Theme = theme()): void {
  if (chosen === 'auto') {
    localStorage.removeItem(key)
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem(key, chosen)
    document.documentElement.dataset.theme = chosen
  }
}
