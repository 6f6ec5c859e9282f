import { en, type Words } from './en.ts'
import { fr } from './fr.ts'

export function wordsOf(locale: 'en' | 'fr'): Words {
  return locale === 'fr' ? fr : en
}
