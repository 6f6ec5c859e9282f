import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mendMojibake } from './mojibake.ts'

describe('mendMojibake', () => {
  it.each([
    ['MarÃ©chal', 'Maréchal'],
    ['MARÃ‰CHAL', 'MARÉCHAL'],
    ['FranÃ§ois d’EstrÃ©es', 'François d’Estrées'],
    ['Lâ€™Ã‰tang', 'L’Étang'],
    ['SÅ“ur', 'Sœur'],
    ['12 rue de lâ€™Ã©glise', '12 rue de l’église'],
  ])('%s → %s', (wrong, right) => expect(mendMojibake(wrong)).toBe(right))

  it.each([
    'Maréchal',
    'Château',
    'São Paulo',
    'Ângela',
    'Åse',
    'CHÂTEAU « Le Clos »',
    'Noël',
    'a\u00a0b',
    '',
  ])('leaves %j as it is', (text) => expect(mendMojibake(text)).toBe(text))

  it('gives back every Latin text that was read so', () => {
    const letters = fc.constantFrom(...'abcdeéèêëàâçïîôöùûüÿœÉÈÀÇÔŒ’ -')
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 20 }), (parts) => {
        const text = parts.join('')
        const read = new TextDecoder('windows-1252').decode(new TextEncoder().encode(text))
        expect(mendMojibake(read)).toBe(text)
      }),
      { seed: 20261129 },
    )
  })
})
