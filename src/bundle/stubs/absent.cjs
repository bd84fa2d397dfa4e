throw new Error('this package is not part of the bundle')
