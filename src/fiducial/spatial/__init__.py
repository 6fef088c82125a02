"""Operations that change the lattice: resample, reorient, crop, pad."""
