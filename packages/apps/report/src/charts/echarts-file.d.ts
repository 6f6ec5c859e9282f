/** The library in one file, which loads eight times as fast as its many modules. */
declare module 'echarts/dist/echarts.esm.min.mjs' {
  export * from 'echarts'
}
