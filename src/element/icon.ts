const SVG = 'http://www.w3.org/2000/svg';

/** A microphone. */
export const MICROPHONE_PATH =
  'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3';
/** A cross: clears, deletes. */
export const CLEAR_PATH = 'm7 7 10 10M17 7 7 17';

/** A drawing in lines on a 24 by 24 grid, there only to be seen. @param path An SVG path. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}
