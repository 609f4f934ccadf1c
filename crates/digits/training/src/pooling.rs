//! The greatest of each 2 × 2 pixels.

use ndarray::Array2;

/// The map of half the side, and for each of its values where the greatest one stood.
pub(crate) fn pooled(map: &Array2<f32>, side: usize) -> (Array2<f32>, Vec<usize>) {
    let (half, channels) = (side / 2, map.ncols());
    let pictures = map.nrows() / (side * side);
    let cells = map.as_slice().unwrap_or_default();
    let mut result = Array2::zeros((pictures * half * half, channels));
    let mut places = Vec::with_capacity(result.len());
    for (pixel, row) in result.as_slice_mut().unwrap_or_default().chunks_exact_mut(channels).enumerate() {
        let (picture, x, y) = (pixel / (half * half), pixel % half * 2, pixel / half % half * 2);
        let first = ((picture * side + y) * side + x) * channels;
        for (channel, cell) in row.iter_mut().enumerate() {
            let corners = [0, channels, side * channels, (side + 1) * channels].map(|step| first + step + channel);
            let value = |place: usize| cells.get(place).copied().unwrap_or(f32::NEG_INFINITY);
            let place = corners.into_iter().reduce(|best, place| if value(place) > value(best) { place } else { best });
            let place = place.unwrap_or(first);
            *cell = value(place);
            places.push(place);
        }
    }
    (result, places)
}

/// Derivatives by what came in, of those by what came out.
pub(crate) fn pooled_backward(slope: &Array2<f32>, places: &[usize], rows: usize) -> Array2<f32> {
    let mut result = Array2::zeros((rows, slope.ncols()));
    let cells = result.as_slice_mut().unwrap_or_default();
    for (value, &place) in slope.iter().zip(places) {
        if let Some(cell) = cells.get_mut(place) {
            *cell += value;
        }
    }
    result
}
