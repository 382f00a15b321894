declare module 'codem-isoboxer' {
  const isoboxer: { parseBuffer(bytes: ArrayBuffer): unknown };
  export default isoboxer;
}
