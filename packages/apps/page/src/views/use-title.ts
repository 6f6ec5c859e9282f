import { useEffect } from 'preact/hooks'

/** Names the window after what it shows. */
export function useTitle(text: string): void {
  useEffect(() => {
    document.title = `${text} · Sillage`
  }, [text])
}
