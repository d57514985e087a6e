// The picture by which people recognise one device on two screens (ADR 0016): drawn alike by phone and console, with its words below.

export interface PictureParts {
  readonly shapes: readonly {
    readonly fill: string;
    readonly path: string;
    readonly x: number;
    readonly y: number;
  }[];
}

/** @param label what a screen reader says before the words */
export const PictureDrawing = ({
  picture,
  words,
  label,
}: {
  readonly picture: PictureParts;
  readonly words: readonly string[];
  readonly label: string;
}) => (
  <figure class="compared">
    <svg viewBox="-12 -12 244 244" role="img" aria-label={label}>
      <rect class="compared-ground" x="-10" y="-10" width="240" height="240" rx="16" />
      {picture.shapes.map(({ fill, path, x, y }) => (
        <path
          key={`${x} ${y}`}
          d={path}
          fill={fill}
          fill-rule="evenodd"
          class="compared-shape"
          transform={`translate(${x} ${y})`}
        />
      ))}
    </svg>
    <figcaption>
      {words.map((word, index) => (
        <span key={index}>{word} </span>
      ))}
    </figcaption>
  </figure>
);
