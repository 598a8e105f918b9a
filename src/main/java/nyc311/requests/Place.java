package nyc311.requests;

/** A point, in degrees north and east: the city's longitudes are negative. */
public record Place(double latitude, double longitude) {}
